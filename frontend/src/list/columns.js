// Choosing and ordering columns: `form[data-columns="list-id"]` writes `columns=a,b,c` into the address.
import { component } from "../core/component.js";
import { t } from "../core/texts.js";
import { requestList } from "./address.js";
import { withParameter } from "./query.js";

component("form[data-columns]", (form) => {
  const items = form.querySelector("[data-column-list]");
  const live = form.querySelector("[data-column-live]");

  items.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const item = button.closest("li");
    const other = button.dataset.move === "up" ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (button.dataset.move === "up") other.before(item);
    else other.after(item);
    button.focus();
    const place = [...items.children].indexOf(item) + 1;
    if (live) live.textContent = t("columns.moved", { name: item.dataset.label, place });
  });
  form.addEventListener("submit", () => {
    const chosen = [...items.querySelectorAll("input[type=checkbox]:checked")].map((box) => box.value);
    const list = document.getElementById(form.dataset.columns);
    requestList(list, withParameter(location.search, "columns", chosen.join(",")));
  });
});
