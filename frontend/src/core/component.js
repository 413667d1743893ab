// Ties behaviour to markup: each selector is mounted once per element, also in content that arrives later.
import htmx from "../htmx.js";

const kinds = [];
const mounted = new WeakMap();

/** `mount(element)` may return a function that undoes it when the element leaves the page. */
export function component(selector, mount) {
  kinds.push({ selector, mount });
}

/**
 * A component whose code is loaded with the first element that needs it; `load()` imports `{ mount }`.
 * `data-ready` says that it is at work.
 * What the code needs of ours is handed in as `kit`: an import would split the first load into many small files.
 */
export function lazyComponent(selector, load, kit) {
  component(selector, (element) => {
    let left = false;
    let unmount;
    load().then((module) => {
      if (left) return;
      unmount = module.mount(element, kit);
      element.dataset.ready = "";
    });
    return () => {
      left = true;
      unmount?.();
    };
  });
}

export function start() {
  htmx.onLoad(mountAll);
  document.addEventListener("htmx:beforeCleanupElement", (event) => unmount(event.target));
}

export function mountAll(root) {
  for (const { selector, mount } of kinds) {
    if (root.matches?.(selector)) mountOne(root, selector, mount);
    for (const element of root.querySelectorAll(selector)) mountOne(element, selector, mount);
  }
}

function mountOne(element, selector, mount) {
  const seen = mounted.get(element) ?? new Map();
  if (seen.has(selector)) return;
  seen.set(selector, null);
  mounted.set(element, seen);
  seen.set(selector, mount(element) ?? null);
}

function unmount(element) {
  const seen = mounted.get(element);
  if (!seen) return;
  for (const undo of seen.values()) undo?.();
  mounted.delete(element);
}
