// The theme button and the key t. What was chosen is kept in this browser; charts hear of it by an event on the document.

export const THEME_EVENT = "vitrina:theme";

/** "light" or "dark": what the page shows now. */
export function theme() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen) return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export function toggleTheme() {
  const next = theme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem("vitrina-theme", next);
  } catch {
    // Storage is switched off: the choice holds for this page.
  }
  announce();
}

export function startTheme() {
  for (const button of document.querySelectorAll("[data-toggle-theme]")) button.addEventListener("click", toggleTheme);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", announce);
  announce();
}

function announce() {
  for (const button of document.querySelectorAll("[data-toggle-theme]"))
    button.setAttribute("aria-pressed", String(theme() === "dark"));
  document.dispatchEvent(new CustomEvent(THEME_EVENT, { detail: theme() }));
}
