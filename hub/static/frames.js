// Framed documents (logged HTML, Plotly, Bokeh) have no right of origin: they post the height that they need, and are
// told the theme of the page.
import { theme, THEME_EVENT } from "./toggle.js";

const LEAST_PX = 80;
const MOST_PX = 20000;

export function startFrames() {
  addEventListener("message", (event) => {
    const wanted = event.data?.vitrinaHeight;
    const frame = frames().find((each) => each.contentWindow === event.source);
    if (!frame || !Number.isFinite(wanted)) return;
    if (!frame.dataset.told) tellTheme(frame);
    const height = String(Math.round(Math.min(MOST_PX, Math.max(LEAST_PX, wanted))));
    if (frame.height !== height) frame.height = height;
  });
  document.addEventListener(THEME_EVENT, () => frames().forEach(tellTheme));
}

function frames() {
  return [...document.querySelectorAll("iframe.boxed")];
}

function tellTheme(frame) {
  frame.dataset.told = "yes";
  frame.contentWindow.postMessage({ vitrinaTheme: theme() }, "*"); // it has no origin that could be named
}
