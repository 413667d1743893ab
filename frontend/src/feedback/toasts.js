// Short messages in a corner, sent by the server as `HX-Trigger: {"crm:toast": {...}}` or rendered as [data-toast].
import { component } from "../core/component.js";
import { t } from "../core/texts.js";
import htmx from "../htmx.js";

const SECONDS = { success: 5, info: 6, warning: 10, danger: 0 };
const SECONDS_WITH_UNDO = 10;

/** `{level: success|info|warning|danger, text, detail?, undo?: {label, url}}`. A danger stays until closed. */
export function toast({ level = "info", text, detail, undo }) {
  const corner = document.getElementById("crm-toasts");
  if (!corner || !text) return;
  const box = document.createElement("div");
  box.className = `crm-toast crm-toast--${level}`;
  if (level === "danger") box.setAttribute("role", "alert");
  box.append(words(text, detail));
  if (undo?.url) box.append(undoButton(undo, box));
  box.append(closeButton(box));
  corner.append(box);
  raise(corner);
  const seconds = undo?.url ? SECONDS_WITH_UNDO : SECONDS[level] ?? SECONDS.info;
  if (seconds) vanishAfter(box, seconds);
}

// Shown anew it lies above an open dialog, too.
function raise(corner) {
  if (corner.matches(":popover-open")) corner.hidePopover();
  corner.showPopover();
}

function words(text, detail) {
  const body = document.createElement("div");
  body.className = "crm-toast-text";
  body.append(text);
  if (detail) {
    const small = document.createElement("small");
    small.textContent = detail;
    body.append(small);
  }
  return body;
}

function undoButton({ label, url }, box) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "crm-toast-undo";
  button.textContent = label || t("undo");
  button.addEventListener("click", async () => {
    button.disabled = true;
    box.remove();
    await htmx.ajax("POST", url, { source: document.body, swap: "none" });
    htmx.trigger(document.body, "crm:changed");
  });
  return button;
}

function closeButton(box) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "crm-toast-close";
  button.setAttribute("aria-label", t("close"));
  button.textContent = "×";
  button.addEventListener("click", () => box.remove());
  return button;
}

// The clock waits while the message is pointed at or focused, so that nobody loses an undo half way.
function vanishAfter(box, seconds) {
  let timer;
  const run = () => (timer = setTimeout(() => box.remove(), seconds * 1000));
  const wait = () => clearTimeout(timer);
  for (const name of ["mouseenter", "focusin"]) box.addEventListener(name, wait);
  for (const name of ["mouseleave", "focusout"]) box.addEventListener(name, run);
  run();
}

document.addEventListener("crm:toast", (event) => {
  const detail = event.detail;
  for (const one of Array.isArray(detail.value) ? detail.value : [detail]) toast(one);
});

component("[data-toast]", (element) => {
  toast(JSON.parse(element.dataset.toast));
  element.remove();
});
