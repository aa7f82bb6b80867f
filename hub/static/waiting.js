// The page of an app that is starting. The front holds each question until there is something new; when the app serves
// or has stopped, the address itself answers, so the page is loaded anew.
const heading = document.querySelector("[data-vitrina-waiting]");
const list = document.querySelector("[data-steps]");
const place = document.querySelector("[data-line]");
const state = document.querySelector("[data-state]");
const log = document.querySelector("[data-log]");
const note = document.querySelector("[data-note]");
const said = note.textContent;
const UNDER_WAY = ["queued", "building", "starting", "draining"];
const AGAIN_MS = 1000;

function icon(name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  drawing.append(use);
  return drawing;
}

function line(step) {
  const item = document.createElement("li");
  item.className = step.is_over ? "did" : "now";
  const took = document.createElement("span");
  took.className = "num";
  took.textContent = step.took;
  item.append(icon(step.is_over ? "check" : "clock"), step.text, took);
  return item;
}

function show(app) {
  if (place.textContent !== app.line) place.textContent = app.line;
  place.hidden = !app.line;
  if (state) state.textContent = app.state;
  list.replaceChildren(...app.steps.map(line));
  if (log && app.log) {
    const text = log.querySelector("pre");
    log.hidden = app.log.length === 0;
    text.textContent = app.log.join("\n");
    text.scrollTop = text.scrollHeight;
  }
  note.textContent = said;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, AGAIN_MS));

while (true) {
  try {
    const answer = await fetch(heading.dataset.vitrinaWaiting, { cache: "no-store" });
    const app = answer.ok ? await answer.json() : null;
    if (!app || !UNDER_WAY.includes(app.state)) {
      location.reload();
      break;
    }
    show(app);
  } catch {
    note.textContent = "Not live at the moment; trying again.";
    await pause();
  }
}
