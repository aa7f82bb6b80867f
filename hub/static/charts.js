// Draws each .chart from the Vega-Lite spec in its JSON script, or at its data-spec-url, when it comes near the screen.
//
// Specs are untrusted (people log them): expressions run in Vega's interpreter, nothing is loaded but data: pictures, links
// lead into this hub only, and what a spec says about embedding itself is left out. The height is reserved by the style
// sheet, and a chart of one view is fitted into it, so that nothing on the page moves.
import { theme, THEME_EVENT } from "./toggle.js";

const NEAR = "400px";
const COMPOSED = ["hconcat", "vconcat", "concat", "repeat", "facet"];

const drawn = new Map(); // element -> the spec and the finished embedding

export function startCharts() {
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries.filter((each) => each.isIntersecting)) {
        watcher.unobserve(entry.target);
        show(entry.target);
      }
    },
    { rootMargin: NEAR },
  );
  for (const chart of document.querySelectorAll(".chart")) watcher.observe(chart);
  document.addEventListener(THEME_EVENT, () => {
    for (const [chart, { spec }] of drawn) draw(chart, spec).catch((error) => explain(chart, error));
  });
}

async function show(chart) {
  chart.setAttribute("aria-busy", "true");
  try {
    await draw(chart, safe(await specOf(chart)));
  } catch (error) {
    explain(chart, error);
  } finally {
    chart.removeAttribute("aria-busy");
  }
}

async function specOf(chart) {
  const inside = chart.querySelector('script[type="application/json"]');
  if (inside) return JSON.parse(inside.textContent);
  const answer = await fetch(chart.dataset.specUrl, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`the hub answered ${answer.status}`);
  return answer.json();
}

async function draw(chart, spec) {
  const [embed, configs] = await Promise.all([library(), themes()]);
  const { plot, canvas, inputs } = placesIn(chart);
  drawn.get(chart)?.view.finalize();
  chart.replaceChildren(plot, inputs);
  chart.classList.add("ready");
  const view = await embed(canvas, fitted(spec, chart), {
    mode: "vega-lite",
    renderer: "svg",
    logLevel: 1, // errors only
    actions: false,
    ast: true,
    defaultStyle: false,
    tooltip: { disableDefaultStyle: true },
    config: configs[theme()],
    bind: inputs,
    loader: closedLoader(),
  });
  drawn.set(chart, { spec, view });
}

/** A picture with a name for those who hear the page (its marks would be read one by one), and room for inputs. */
function placesIn(chart) {
  const [plot, canvas, inputs] = Array.from({ length: 3 }, () => document.createElement("div"));
  plot.className = "plot";
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", chart.getAttribute("aria-label") ?? titleOf(chart));
  canvas.setAttribute("aria-hidden", "true");
  plot.append(canvas);
  inputs.className = "inputs";
  return { plot, canvas, inputs };
}

function titleOf(chart) {
  return chart.closest("figure")?.querySelector(".ttl")?.firstChild.textContent.trim() || "Chart";
}

function explain(chart, error) {
  chart.classList.add("ready");
  const state = document.createElement("div");
  state.className = "state bad";
  const title = document.createElement("b");
  title.textContent = "This chart cannot be drawn";
  state.append(title, error.message);
  chart.replaceChildren(state);
}

let loading = null;

/** vegaEmbed, out of the library that stands beside this file. */
function library() {
  loading ??= import("./vega.js").then(() => window.vegaEmbed);
  return loading;
}

let configs = null;

function themes() {
  configs ??= fetch(new URL("chart-themes.json", import.meta.url)).then((answer) => answer.json());
  return configs;
}

/** The spec in the width and height of its place; a composed chart keeps the size its author gave it. */
function fitted(spec, chart) {
  if (COMPOSED.some((word) => word in spec) || spec.encoding?.row || spec.encoding?.column) return spec;
  return {
    ...spec,
    width: "container",
    height: chart.clientHeight,
    autosize: { type: "fit", contains: "padding" },
  };
}

function safe(spec) {
  const { usermeta: _, ...rest } = spec;
  return withoutForeignInputs(rest);
}

/** A spec may bring inputs (bind), but only inside its own chart. */
function withoutForeignInputs(value) {
  if (Array.isArray(value)) return value.map(withoutForeignInputs);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, each]) => [key, withoutForeignInputs(each)]);
  const copy = Object.fromEntries(entries);
  if (copy.bind !== null && typeof copy.bind === "object") delete copy.bind.element;
  return copy;
}

/** What Vega asks for addresses: data never, pictures only as data:, links only into this hub. */
function closedLoader() {
  return {
    options: {},
    load: () => Promise.reject(new Error("a chart may not fetch data; log it with the chart")),
    sanitize: async (address, { context } = {}) => {
      const isOurs = context === "href" && /^\/(?!\/)/.test(address);
      const isPicture = context !== "href" && /^data:image\/(png|jpeg|webp|gif);/.test(address);
      if (isOurs || isPicture) return { href: address };
      throw new Error(`a chart may not point to ${address.slice(0, 60)}`);
    },
  };
}
