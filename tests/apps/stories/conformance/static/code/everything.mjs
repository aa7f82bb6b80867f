const rows = (await (await fetch(new URL("../squares.csv", import.meta.url))).text()).trim().split("\n").slice(1);
const squares = new Map(rows.map((row) => row.split(",")));
const worker = new Worker(new URL("worker.mjs", import.meta.url), { type: "module" });
const say = (where, text) => { document.getElementById(where).textContent = text; };
const on = (what, event, act) => document.getElementById(what).addEventListener(event, act);
const square = (number) => say("square", `The square is ${squares.get(number)}.`);
let counted = 0;

square("3");
on("number", "change", (event) => square(event.target.value));
on("upload", "change", async (event) => say("got", `Got ${(await event.target.files[0].text()).length} bytes.`));
worker.addEventListener("message", (event) => say(...event.data));
on("stream", "click", () => worker.postMessage("stream"));
on("work", "click", () => worker.postMessage("work"));
on("count", "click", () => say("counted", `Counted ${++counted}.`));
