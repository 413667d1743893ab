// The sidebar: folded to icons on a desk, a sheet on a phone.
import { rememberForServer } from "../core/storage.js";

const root = document.documentElement;
const sidebar = document.getElementById("crm-sidebar");
const page = document.getElementById("crm-page");
const desk = matchMedia("(min-width: 768px)");
let opener = null;

function fold() {
  const folded = root.dataset.sidebar !== "folded";
  root.dataset.sidebar = folded ? "folded" : "open";
  rememberForServer("sidebar", root.dataset.sidebar);
  markFold();
}

function markFold() {
  for (const button of document.querySelectorAll("[data-sidebar-fold]")) {
    button.setAttribute("aria-expanded", String(root.dataset.sidebar !== "folded"));
  }
}

function openSheet(button) {
  opener = button;
  sidebar.classList.add("crm-sidebar--sheet");
  page.inert = true;
  opener?.setAttribute("aria-expanded", "true");
  sidebar.querySelector("a, button")?.focus();
}

function closeSheet() {
  if (!sidebar?.classList.contains("crm-sidebar--sheet")) return;
  sidebar.classList.remove("crm-sidebar--sheet");
  page.inert = false;
  opener?.setAttribute("aria-expanded", "false");
  opener?.focus();
}

document.addEventListener("click", (event) => {
  const sheet = event.target.closest("[data-sidebar-sheet]");
  if (event.target.closest("[data-sidebar-fold]")) fold();
  else if (sheet) openSheet(sheet);
  else if (event.target.closest("[data-sidebar-close]") || !sidebar?.contains(event.target)) closeSheet();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeSheet();
});
desk.addEventListener("change", closeSheet);
markFold();
