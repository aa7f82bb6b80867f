// Rows of a table with data-rows by key: j and k or the arrows move, Enter opens the row's first link.

export function startTables() {
  for (const table of document.querySelectorAll("table[data-rows]")) start(table);
}

function start(table) {
  const links = [...table.querySelectorAll("tbody th[scope=row] a")];
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const inside = table.contains(event.target);
    const step = { j: 1, k: -1, ArrowDown: inside ? 1 : 0, ArrowUp: inside ? -1 : 0 }[event.key];
    if (!step) return;
    const at = links.indexOf(document.activeElement);
    const next = links[at < 0 && step < 0 ? links.length - 1 : at + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}
