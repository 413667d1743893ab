// Warns before typed words are lost: `form[data-guard]`.
import { component } from "../core/component.js";

const dirty = new Set();

export function isDirty(form) {
  return dirty.has(form);
}

component("form[data-guard]", (form) => {
  const mark = (event) => {
    if (event.isTrusted) dirty.add(form);
  };
  const clear = () => dirty.delete(form);
  form.addEventListener("input", mark);
  form.addEventListener("change", mark);
  form.addEventListener("crm:saved", clear);
  if (!form.matches("[hx-post], [hx-put], [hx-patch]")) form.addEventListener("submit", clear);
  return clear;
});

// One event for everybody who waits for a form to be stored: draft, guard, dialog.
// Before the redirect header is read, which ends htmx's own events.
document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  const form = detail.elt.matches?.("[data-saves]") ? detail.elt.form : detail.elt;
  if (form?.matches?.("form") && detail.xhr.status < 400 && detail.requestConfig.verb !== "get") {
    form.dispatchEvent(new CustomEvent("crm:saved", { bubbles: true }));
  }
});

addEventListener("beforeunload", (event) => {
  for (const form of dirty) {
    if (!form.isConnected) dirty.delete(form);
  }
  if (dirty.size) event.preventDefault();
});

// The way to the login page must stay open: the draft has been kept.
document.addEventListener("crm:session-lost", () => dirty.clear());
