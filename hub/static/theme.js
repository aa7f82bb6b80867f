// Runs before the first paint, so that a page never flashes in the other theme. A classic script: modules come too late.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  let chosen = null;
  try {
    chosen = localStorage.getItem("vitrina-theme");
  } catch {
    // Storage is switched off: the system's theme serves.
  }
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
})();
