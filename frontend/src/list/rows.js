// Walking a list by keys and opening its rows. The row's own link stays the way for everybody else.
import { component } from "../core/component.js";
import { singleKeysOn } from "../shell/shortcuts.js";
import { openRowMenu } from "./row_menu.js";
import { toggleRow } from "./selection.js";

const INTERACTIVE = "a, button, input, select, textarea, label, summary, [contenteditable]";
const ROW = "[data-list] tbody tr[data-href]";

// One row is in the tab order; the arrow keys move that place, and it survives a refresh of the list.
component("[data-list]", giveTabStop);
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target?.matches("[data-list]")) giveTabStop(detail.target);
});

function giveTabStop(list) {
  const focused = document.activeElement?.closest(ROW);
  const row = list.contains(focused) ? focused : list.querySelector("tbody tr[data-href]");
  if (row && !list.querySelector('tbody tr[tabindex="0"]')) row.tabIndex = 0;
}

document.addEventListener("dblclick", (event) => {
  const row = event.target.closest?.(ROW);
  if (!row || event.target.closest(INTERACTIVE)) return;
  open(row.dataset.href, event);
});

document.addEventListener("contextmenu", (event) => {
  const row = event.target.closest?.(ROW);
  // With text marked, people want the browser's own copy menu.
  if (!row || String(getSelection()) || event.target.closest("input, textarea")) return;
  const menuKey = event.button !== 2;
  if (openRowMenu(row, menuKey ? row : { x: event.clientX, y: event.clientY })) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-row-menu]");
  if (!button) return;
  openRowMenu(button.closest("tr, [data-id]"), button);
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open], [role=menu]:popover-open")) return;
  const row = event.target.closest?.(ROW);
  if (row && event.target === row) onRow(event, row);
  else if ((event.key === "j" || event.key === "k") && singleKeysOn() && !typing(event.target)) enterList(event);
});

function onRow(event, row) {
  const letter = event.key.length === 1 && !event.shiftKey;
  if (letter && event.key !== " " && !singleKeysOn()) return;
  const act = {
    j: () => focusRow(row.nextElementSibling),
    ArrowDown: () => focusRow(row.nextElementSibling),
    k: () => focusRow(row.previousElementSibling),
    ArrowUp: () => focusRow(row.previousElementSibling),
    Home: () => focusRow(row.parentElement.firstElementChild),
    End: () => focusRow(row.parentElement.lastElementChild),
    Enter: () => open(row.dataset.href, event),
    o: () => open(row.dataset.href, event),
    e: () => row.dataset.editHref && open(row.dataset.editHref, event),
    x: () => toggleRow(row),
    " ": () => toggleRow(row),
    ContextMenu: () => openRowMenu(row, row),
    F10: () => event.shiftKey && openRowMenu(row, row),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function enterList(event) {
  const row = document.querySelector(`${ROW}[tabindex="0"]`) ?? document.querySelector(ROW);
  if (!row) return;
  event.preventDefault();
  focusRow(row);
}

function focusRow(row) {
  if (!row?.dataset.href) return;
  for (const other of row.parentElement.querySelectorAll('tr[tabindex="0"]')) other.tabIndex = -1;
  row.tabIndex = 0;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

function open(url, event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) window.open(url, "_blank", "noopener");
  else location.assign(url);
}

function typing(element) {
  return element.closest?.("input, textarea, select, [contenteditable]");
}
