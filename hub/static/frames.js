// The height of framed documents (logged HTML, Plotly, Bokeh). They have no right of origin, so they post what they need.

const LEAST_PX = 80;
const MOST_PX = 4000;

export function startFrames() {
  addEventListener("message", (event) => {
    const wanted = event.data?.vitrinaHeight;
    if (!Number.isFinite(wanted)) return;
    const frame = [...document.querySelectorAll("iframe.boxed")].find((each) => each.contentWindow === event.source);
    if (frame) frame.height = String(Math.round(Math.min(MOST_PX, Math.max(LEAST_PX, wanted))));
  });
}
