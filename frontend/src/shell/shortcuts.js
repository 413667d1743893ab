// Keys that work anywhere. Those without a modifier can be switched off in the help (WCAG 2.1.4).
import { recall, remember } from "../core/storage.js";

export function singleKeysOn() {
  return recall("single-keys", true);
}

const acts = new Map();

/** `onKey("/", act)`: a key alone, while nothing is typed into and no dialog is open. */
export function onKey(key, act) {
  acts.set(key, act);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !singleKeysOn()) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable], .ts-wrapper")) return;
  if (document.querySelector("dialog[open], [role=menu]:popover-open")) return;
  const act = acts.get(event.key);
  if (!act) return;
  event.preventDefault();
  act();
});

onKey("?", () => document.getElementById("crm-shortcuts")?.showModal());
onKey("n", () => document.querySelector("[data-new]")?.click());

const toggle = document.querySelector("[data-single-keys]");
if (toggle) {
  toggle.checked = singleKeysOn();
  toggle.addEventListener("change", () => remember("single-keys", toggle.checked));
}
