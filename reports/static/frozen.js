// Draws the charts of a frozen file from the data beside them. Nothing is asked of any network: specs that name an address
// are refused, and the file's own policy allows no connection.
(() => {
  const data = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
  const themes = data("chart-themes");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const theme = () => root.dataset.theme ?? (dark.matches ? "dark" : "light");
  const composed = ["hconcat", "vconcat", "concat", "repeat", "facet"];

  const refused = (address) => Promise.reject(new Error(`a chart may not point to ${String(address).slice(0, 60)}`));
  const loader = {
    options: {},
    load: refused,
    sanitize: (address, { context } = {}) =>
      context !== "href" && /^data:image\/(png|jpeg|webp|gif);/.test(address)
        ? Promise.resolve({ href: address })
        : refused(address),
  };

  function fitted(spec) {
    if (composed.some((word) => word in spec) || spec.encoding?.row || spec.encoding?.column) return spec;
    const own = typeof spec.width === "object" ? {} : { width: "container" };
    return { height: 240, ...spec, ...own, autosize: { type: "fit-x", contains: "padding" } };
  }

  function explain(place, title, error) {
    const state = document.createElement("div");
    state.className = "state bad";
    const head = document.createElement("b");
    head.textContent = title;
    state.append(head, error.message);
    place.replaceChildren(state);
  }

  const drawn = new Map();

  async function draw(chart) {
    drawn.get(chart)?.finalize();
    const spec = data(chart.dataset.spec);
    const options = { mode: "vega-lite", renderer: "svg", logLevel: 1, actions: false, ast: true, defaultStyle: false };
    const tooltip = { disableDefaultStyle: true };
    try {
      const view = await vegaEmbed(chart, fitted(spec), { ...options, tooltip, config: themes[theme()], loader });
      chart.querySelector("svg")?.setAttribute("aria-hidden", "true"); // the figure's own words speak, not each mark
      drawn.set(chart, view);
    } catch (error) {
      explain(chart, "This chart cannot be drawn", error);
    }
  }

  // A figure of another library is drawn in a frame without an origin; library and data go in as text.
  const bootstrap = document.getElementById("frame-script")?.textContent;

  function frame(place) {
    const made = document.createElement("iframe");
    made.className = "boxed";
    made.title = place.dataset.title;
    made.setAttribute("sandbox", "allow-scripts");
    made.height = "440";
    const kind = place.dataset.kind;
    const content = data(place.dataset.figure);
    const fit = "body{margin:0;font:14px/1.5 ui-sans-serif,system-ui,sans-serif}";
    made.srcdoc =
      kind === "html"
        ? `${content}<script>${bootstrap}<\/script>`
        : `<!doctype html><html lang="en"><meta charset="utf-8"><title>${kind}</title><style>${fit}</style><div id="place"></div><script>${bootstrap}<\/script>`;
    made.addEventListener("load", () => {
      const library = kind === "html" ? "" : data(`library-${kind}`);
      made.contentWindow.postMessage({ kind, library, content: kind === "html" ? null : content }, "*");
    });
    place.replaceChildren(made);
  }

  addEventListener("message", (event) => {
    if (event.source === parent && event.data?.vitrinaTheme) {
      root.dataset.theme = event.data.vitrinaTheme;
      for (const chart of charts) draw(chart);
      return;
    }
    const wanted = event.data?.vitrinaHeight;
    const sender = [...document.querySelectorAll("iframe.boxed")].find((each) => each.contentWindow === event.source);
    if (sender && Number.isFinite(wanted)) sender.height = String(Math.round(Math.min(4000, Math.max(80, wanted))));
  });

  const charts = [...document.querySelectorAll(".chart")];
  for (const chart of charts) draw(chart);
  for (const place of document.querySelectorAll(".framed")) frame(place);
  dark.addEventListener("change", () => charts.forEach(draw));
  if (parent !== window) {
    root.dataset.framed = "yes"; // the page around says the title
    const tell = () => parent.postMessage({ vitrinaHeight: Math.ceil(root.getBoundingClientRect().height) }, "*");
    new ResizeObserver(tell).observe(document.body);
    tell();
  }
})();
