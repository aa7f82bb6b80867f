// Says in an app's bar how the app is: asked often while it starts, seldom while it runs, never while nobody sees it.
const SOON_MS = 1500;
const LATER_MS = 15000;
const SAID = { ready: "ready", queued: "waiting", building: "starting", starting: "starting", crashed: "stopped by an error" };

export function startState() {
  const place = document.querySelector("[data-state]");
  if (!place) return;
  const [dot, word] = place.children;
  const show = (state) => {
    dot.className = `dot${state === "ready" ? " live" : state === "crashed" ? "" : " off"}`;
    const said = SAID[state] ?? "asleep";
    if (word.textContent !== said) word.textContent = said;
  };
  const ask = async () => {
    let wait = LATER_MS;
    if (!document.hidden) {
      try {
        const answer = await fetch(place.dataset.state, { headers: { Accept: "application/json" } });
        const { state } = await answer.json();
        show(state);
        wait = state === "ready" ? LATER_MS : SOON_MS;
      } catch {
        // The portal is away: what was said last stays.
      }
    }
    setTimeout(ask, wait);
  };
  setTimeout(ask, SOON_MS);
}
