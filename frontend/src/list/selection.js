// Choosing rows: one, a range with shift, the page, or everything that matches; the bar says how many.
import { component } from "../core/component.js";
import { t } from "../core/texts.js";

const allMatching = new WeakSet();
let last = null;

export function boxesIn(list) {
  return [...list.querySelectorAll("tbody [data-select]")];
}

component("[data-list]", show);
// A refreshed list keeps its element and comes back with nothing chosen.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (!detail.target?.matches("[data-list]")) return;
  forgetMatching(detail.target);
  show(detail.target);
});

document.addEventListener("click", (event) => {
  const list = event.target.closest?.("[data-list]");
  if (!list) return;
  if (event.target.matches("[data-select]")) {
    if (event.shiftKey && last) fillRange(list, last, event.target);
    last = event.target;
    forgetMatching(list);
  } else if (event.target.matches("[data-select-page]")) {
    for (const box of boxesIn(list)) box.checked = event.target.checked;
    forgetMatching(list);
  } else if (event.target.closest("[data-select-matching]")) {
    allMatching.add(list);
  } else if (event.target.closest("[data-select-none]")) {
    for (const box of boxesIn(list)) box.checked = false;
    forgetMatching(list);
  } else return;
  show(list);
});

function forgetMatching(list) {
  allMatching.delete(list);
}

function fillRange(list, from, to) {
  const boxes = boxesIn(list);
  const [start, end] = [boxes.indexOf(from), boxes.indexOf(to)].sort((a, b) => a - b);
  if (start < 0) return;
  for (const box of boxes.slice(start, end + 1)) box.checked = to.checked;
}

export function toggleRow(row) {
  row.querySelector("[data-select]")?.click();
}

function show(list) {
  const boxes = boxesIn(list);
  const chosen = boxes.filter((box) => box.checked);
  for (const box of boxes) box.closest("tr").setAttribute("aria-selected", String(box.checked));
  const page = list.querySelector("[data-select-page]");
  if (page) {
    page.checked = boxes.length > 0 && chosen.length === boxes.length;
    page.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
  }
  const bar = list.querySelector("[data-bulk]");
  if (!bar) return;
  const everything = allMatching.has(list);
  bar.hidden = chosen.length === 0;
  list.classList.toggle("crm-list--selecting", chosen.length > 0);
  const count = bar.querySelector("[data-bulk-count]");
  count.textContent = everything
    ? t("bulk.all", { count: bar.dataset.total || "" })
    : t("bulk.chosen", { count: chosen.length });
  const offer = bar.querySelector("[data-select-matching]");
  if (offer) offer.hidden = everything || chosen.length < boxes.length || !bar.dataset.more;
}

/** What a bulk act is sent with: `ids` repeated, or `matching=1` beside the list's own filter as `query`. */
function chosenOf(list) {
  if (allMatching.has(list)) return { matching: "1", query: location.search.slice(1) };
  return { ids: boxesIn(list).filter((box) => box.checked).map((box) => box.value) };
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (!detail.elt.closest?.("[data-bulk-action], [data-bulk-form]")) return;
  const list = detail.elt.closest("[data-list]") ?? document.querySelector("[data-list]");
  if (!list) return;
  for (const [name, value] of Object.entries(chosenOf(list))) detail.parameters[name] = value;
});
