// Copy buttons: data-copy holds the text itself; without one, the text of the nearest code block is taken.

const SHOWN_MS = 2000;

export function startCopying() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-copy]");
    if (button) copy(button);
  });
}

/** Copies what the button stands for, shows a tick for two seconds and says it to screen readers. */
export async function copy(button) {
  const text = button.dataset.copy || visibleCode(button);
  const done = await write(text);
  say(done ? "Copied" : "Copying is not allowed here");
  if (!done) return;
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), SHOWN_MS);
}

function visibleCode(button) {
  const blocks = button.closest(".code")?.querySelectorAll("pre") ?? [];
  return [...blocks].find((block) => block.offsetParent !== null)?.textContent ?? "";
}

async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return writeBySelection(text); // plain http on another host than localhost has no clipboard object
  }
}

function writeBySelection(text) {
  const field = document.createElement("textarea");
  field.className = "sr";
  field.value = text;
  document.body.append(field);
  const before = document.activeElement;
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus();
  return done;
}

function say(words) {
  const place = document.getElementById("said");
  if (!place) return;
  place.textContent = words;
  setTimeout(() => (place.textContent = ""), SHOWN_MS);
}
