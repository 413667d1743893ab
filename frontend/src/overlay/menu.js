// Menus: one open at a time, in the top layer, worked by keys as the ARIA menu pattern asks.
const PHONE = matchMedia("(max-width: 767.98px)");
const GAP = 4;

let current = null;

/**
 * Open `menu` (an element with role=menu) below a button, or at a point.
 * `at` is an element or `{x, y}`; the focus returns to `returnTo` when it closes.
 */
export function openMenu(menu, { at, returnTo, focusLast = false }) {
  if (current?.menu !== menu) closeMenu();
  menu.setAttribute("popover", "manual");
  if (!menu.matches(":popover-open")) menu.showPopover();
  if (!PHONE.matches) place(menu, at);
  returnTo?.setAttribute("aria-expanded", "true");
  current = { menu, returnTo, at };
  const items = itemsOf(menu);
  (focusLast ? items.at(-1) : items[0])?.focus();
}

export function closeMenu({ focus = false } = {}) {
  if (!current) return;
  const { menu, returnTo } = current;
  current = null;
  if (menu.isConnected && menu.matches(":popover-open")) menu.hidePopover();
  returnTo?.setAttribute("aria-expanded", "false");
  menu.dispatchEvent(new CustomEvent("crm:menu-closed"));
  if (focus) returnTo?.focus();
}

function place(menu, at) {
  const box = at instanceof Element ? at.getBoundingClientRect() : new DOMRect(at.x, at.y, 0, 0);
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = box.bottom + GAP + height <= innerHeight;
  const top = below ? box.bottom + GAP : Math.max(GAP, box.top - GAP - height);
  const endAligned = at instanceof Element && box.left + width > innerWidth - GAP;
  const left = endAligned ? box.right - width : Math.min(box.left, innerWidth - width - GAP);
  menu.style.top = `${Math.round(top)}px`;
  menu.style.left = `${Math.round(Math.max(GAP, left))}px`;
}

function inSight(button, scrolled) {
  if (scrolled instanceof Element && !scrolled.contains(button)) return true;
  const box = button.getBoundingClientRect();
  const frame = scrolled instanceof Element ? scrolled.getBoundingClientRect() : new DOMRect(0, 0, innerWidth, innerHeight);
  return box.bottom > frame.top && box.top < frame.bottom && box.right > frame.left && box.left < frame.right;
}

function itemsOf(menu) {
  return [...menu.querySelectorAll('[role^="menuitem"]')].filter(
    (item) => !item.hidden && !item.closest("[hidden]") && item.getAttribute("aria-disabled") !== "true",
  );
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-menu-button]");
  if (button) {
    const menu = document.getElementById(button.getAttribute("aria-controls"));
    const wasOpen = current?.menu === menu;
    closeMenu();
    if (menu && !wasOpen) openMenu(menu, { at: button, returnTo: button });
    return;
  }
  if (current && event.target.closest('[role^="menuitem"]')) closeMenu({ focus: true });
});

document.addEventListener("pointerdown", (event) => {
  if (!current || current.menu.contains(event.target)) return;
  if (current.returnTo?.contains(event.target)) return;
  closeMenu();
  if (PHONE.matches) swallowClick();
});

// Beside a sheet people tap to close it; what lies below must not take that tap.
function swallowClick() {
  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 400);
}

document.addEventListener("keydown", (event) => {
  const button = event.target.closest?.("[data-menu-button]");
  if (button && !current && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const menu = document.getElementById(button.getAttribute("aria-controls"));
    if (menu) openMenu(menu, { at: button, returnTo: button, focusLast: event.key === "ArrowUp" });
    return;
  }
  if (current) steer(event);
});

function steer(event) {
  const items = itemsOf(current.menu);
  const here = items.indexOf(document.activeElement);
  const go = (index) => {
    event.preventDefault();
    items.at(index % items.length)?.focus();
  };
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    closeMenu({ focus: true });
  } else if (event.key === "Tab") closeMenu({ focus: true });
  else if (event.key === "ArrowDown") go(here + 1);
  else if (event.key === "ArrowUp") go(here - 1);
  else if (event.key === "Home") go(0);
  else if (event.key === "End") go(-1);
  else if (event.key.length === 1 && /\S/.test(event.key) && !event.ctrlKey && !event.metaKey) {
    const found = items.findIndex((item) => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()));
    if (found >= 0) go(found);
  }
}

addEventListener("resize", () => closeMenu());
// What scrolls takes a button along, and its menu follows; a menu at a point belongs to nothing any more.
document.addEventListener("scroll", (event) => {
  if (!current || current.menu.contains(event.target)) return;
  const { menu, at } = current;
  if (!PHONE.matches && at instanceof Element && at.isConnected && inSight(at, event.target)) place(menu, at);
  else closeMenu();
}, { capture: true, passive: true });
