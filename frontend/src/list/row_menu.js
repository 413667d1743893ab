// The menu of a row (or card): the same one by right click, by its button and by the menu key.
import htmx from "../htmx.js";
import { openMenu } from "../overlay/menu.js";

const SUBSTITUTED = ["href", "hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete", "data-confirm", "data-edit-href"];

let shown = null;

/** Open the menu for `row` at an element or point. False when nothing can be done with the row. */
export function openRowMenu(row, at) {
  const owner = row.closest("[data-list], [data-board]");
  const returnTo = row.querySelector("[data-row-menu]") ?? row;
  const menu = menuFor(row, owner);
  if (!menu) return false;
  // The last one stays in the page until now: a request needs its element to be there.
  shown?.remove();
  shown = menu;
  (row.closest("main") ?? document.body).append(menu);
  htmx.process(menu);
  if (row.dataset.menuUrl) {
    htmx.ajax("GET", row.dataset.menuUrl, { source: menu, target: menu, swap: "innerHTML" }).then(() => {
      if (menu.isConnected && menu.matches(":popover-open")) openMenu(menu, { at, returnTo });
    });
  }
  openMenu(menu, { at, returnTo: at === row ? row : returnTo });
  return true;
}

function menuFor(row, owner) {
  const menu = document.createElement("div");
  menu.className = "crm-menu-list";
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", row.dataset.label ?? "");
  if (row.dataset.menuUrl) {
    menu.innerHTML = '<div class="crm-skeleton" aria-hidden="true"></div>';
    return menu;
  }
  const template = owner?.querySelector("template[data-row-menu-template]");
  if (!template) return null;
  menu.append(template.content.cloneNode(true));
  const denied = (row.dataset.menuDeny ?? "").split(" ").filter(Boolean);
  for (const item of menu.querySelectorAll('[role="menuitem"]')) {
    if (denied.includes(item.dataset.key)) item.remove();
    else fill(item, row);
  }
  tidySeparators(menu);
  return menu.querySelector('[role="menuitem"]') ? menu : null;
}

function fill(item, row) {
  const values = { ...row.dataset };
  for (const name of SUBSTITUTED) {
    const raw = item.getAttribute(name);
    if (!raw?.includes("{")) continue;
    const encode = name === "data-confirm" ? String : encodePart;
    item.setAttribute(name, raw.replace(/\{(\w+)\}/g, (place, key) => encode(values[key] ?? "")));
  }
}

// `{href}` is an address already; anything else is a part of one.
function encodePart(value) {
  return /^(\/|https?:\/\/)/.test(value) ? value : encodeURIComponent(value);
}

function tidySeparators(menu) {
  for (const line of menu.querySelectorAll('[role="separator"]')) {
    const next = line.nextElementSibling;
    if (!line.previousElementSibling || !next || next.matches('[role="separator"]')) line.remove();
  }
}
