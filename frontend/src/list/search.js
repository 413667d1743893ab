// The quick search of a list: `input[data-list-search]` keeps every other condition of the address.
import { requestList } from "./address.js";
import { withParameter } from "./query.js";

const PAUSE_MS = 300;
let waiting;

function look(input) {
  clearTimeout(waiting);
  const list = input.closest("[data-list]");
  const params = withParameter(location.search, "q", input.value.trim());
  if (params.toString() !== new URLSearchParams(location.search).toString()) requestList(list, params);
}

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-list-search]") || event.isComposing) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => look(event.target), PAUSE_MS);
});
// With an input method, only the finished word is looked up.
for (const name of ["compositionend", "search"]) {
  document.addEventListener(name, (event) => {
    if (event.target.matches?.("[data-list-search]")) look(event.target);
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("[data-list-search]")) return;
  event.preventDefault();
  look(event.target);
});
