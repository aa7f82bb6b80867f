// Inside a sandboxed frame: draws the Plotly figure or Bokeh item of this document's JSON, and posts its height upwards.
// The page around it says which theme it has; a figure follows where its author left the look to us.
(() => {
  const kind = document.currentScript.dataset.kind;
  const read = (id) => JSON.parse(document.getElementById(id)?.textContent || "{}");
  const looks = read("looks");

  const HEIGHT_PX = 340; // of a Plotly figure whose author gave none

  const draw = {
    plotly() {
      const figure = read("figure");
      const layout = { height: HEIGHT_PX, ...figure.layout, autosize: true };
      delete layout.width; // the frame is as wide as the page lets it be
      return Plotly.newPlot("place", figure.data, layout, { responsive: true, displaylogo: false });
    },
    bokeh() {
      const item = read("figure");
      for (const root of item.doc.roots) root.attributes.sizing_mode ??= "stretch_width";
      return Bokeh.embed.embed_item(item, "place");
    },
    html: () => undefined,
  };

  // The body's own height: the document is never lower than its frame, and would not let it shrink.
  const height = () => {
    const below = parseFloat(getComputedStyle(document.body).marginBottom) || 0;
    return Math.ceil(document.body.getBoundingClientRect().bottom + scrollY + below);
  };

  const tell = () => parent.postMessage({ vitrinaHeight: height() }, "*");

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
