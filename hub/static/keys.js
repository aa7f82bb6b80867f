// Single keys: help, search, theme, copy the reference, and g then a letter to go to a tab. They rest while a field has the focus.
import { copy } from "./copy.js";
import { toggleTheme } from "./toggle.js";

const SECOND_KEY_MS = 1500;

export function startKeys() {
  let wentAt = -Infinity;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return act(event, focusSearch);
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return undefined;
    if (event.timeStamp - wentAt < SECOND_KEY_MS) {
      wentAt = -Infinity;
      return act(event, () => goTo(event.key));
    }
    if (event.key === "g") {
      wentAt = event.timeStamp;
      return undefined;
    }
    const action = ACTIONS[event.key];
    return action && act(event, action);
  });
  document.querySelector("[data-open-keys]")?.addEventListener("click", showKeys);
  document.querySelector("#keys [data-close]")?.addEventListener("click", () => sheet().close());
}

const ACTIONS = {
  "?": showKeys,
  "/": focusSearch,
  t: toggleTheme,
  y: copyReference,
  "[": () => follow("prev"),
  "]": () => follow("next"),
  ".": () => document.getElementById("as-code")?.scrollIntoView(),
};

function act(event, action) {
  event.preventDefault();
  action();
}

function isTyping(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

function sheet() {
  return document.getElementById("keys");
}

function showKeys() {
  if (!sheet().open) sheet().showModal();
}

function focusSearch() {
  const field = document.querySelector("[data-search]");
  field?.focus();
  field?.select();
}

function copyReference() {
  const button = document.querySelector("[data-reference]");
  if (button) copy(button);
}

function goTo(key) {
  document.querySelector(`.tabs [data-key="${CSS.escape(key)}"]`)?.click();
}

function follow(relation) {
  const link = document.querySelector(`link[rel="${relation}"]`);
  if (link) location.assign(link.href);
}
