// Inside a sandboxed frame: draws the Plotly figure or Bokeh item of this document's JSON, and posts its height upwards.
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);

  const draw = {
    plotly() {
      const figure = read("figure");
      const layout = { ...figure.layout, autosize: true };
      delete layout.width; // the frame's width is the page's
      return Plotly.newPlot("place", figure.data, layout, { responsive: true, displaylogo: false, showLink: false });
    },
    bokeh: () => Bokeh.embed.embed_item(read("figure"), "place"),
    html: () => undefined,
  };

  const tell = () => parent.postMessage({ vitrinaHeight: document.documentElement.getBoundingClientRect().height }, "*");

  const start = async () => {
    const kind = document.currentScript?.dataset.kind ?? document.querySelector("script[data-kind]").dataset.kind;
    try {
      await draw[kind]();
    } catch (error) {
      document.getElementById("place").textContent = `This figure cannot be drawn: ${error.message}`;
    }
    new ResizeObserver(tell).observe(document.body);
    tell();
  };

  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
