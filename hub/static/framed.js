// Inside a sandboxed frame: draws the Plotly figure or Bokeh item of this document's JSON, and posts its height upwards.
// The page around it says which theme it has; a figure follows where its author left the look to us.
(() => {
  const kind = document.currentScript.dataset.kind;
  const read = (id) => JSON.parse(document.getElementById(id)?.textContent || "{}");
  const looks = read("looks");

  const draw = {
    plotly() {
      const figure = read("figure");
      const layout = { ...figure.layout, autosize: true };
      delete layout.width; // the frame is as wide as the page lets it be
      return Plotly.newPlot("place", figure.data, layout, { responsive: true, displaylogo: false });
    },
    bokeh: () => Bokeh.embed.embed_item(read("figure"), "place"),
    html: () => undefined,
  };

  const tell = () => parent.postMessage({ vitrinaHeight: document.documentElement.scrollHeight }, "*");

  const dress = (theme) => {
    if (!looks[theme]) return;
    document.documentElement.dataset.theme = theme;
    Plotly.relayout("place", { template: looks[theme] });
  };

  const start = async () => {
    try {
      await draw[kind]();
    } catch (error) {
      document.getElementById("place").textContent = `This figure cannot be drawn: ${error.message}`;
    }
    addEventListener("message", (event) => event.source === parent && dress(event.data?.vitrinaTheme));
    new ResizeObserver(tell).observe(document.body);
    tell();
  };

  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
