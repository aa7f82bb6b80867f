// Inside a frame of a frozen file: draws the figure that the page hands in, and tells its height.
(() => {
  const root = document.documentElement; // its own height: scrollHeight would never be less than the frame's
  const tell = () => parent.postMessage({ vitrinaHeight: Math.ceil(root.getBoundingClientRect().height) }, "*");
  const draw = {
    plotly: (figure) => {
      const layout = { ...figure.layout, autosize: true };
      delete layout.width;
      return Plotly.newPlot("place", figure.data, layout, { responsive: true, displaylogo: false });
    },
    bokeh: (item) => Bokeh.embed.embed_item(item, "place"),
    html: () => undefined,
  };
  addEventListener("message", async (event) => {
    if (event.source !== parent || !(event.data?.kind in draw)) return;
    try {
      if (event.data.library) {
        const library = document.createElement("script");
        library.textContent = event.data.library;
        document.head.append(library);
      }
      await draw[event.data.kind](event.data.content);
    } catch (error) {
      document.body.textContent = `This figure cannot be drawn: ${error.message}`;
    }
    new ResizeObserver(tell).observe(document.body);
    tell();
  });
})();
