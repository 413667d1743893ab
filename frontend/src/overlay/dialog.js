// The one dialog that fragments are loaded into (a sheet on a phone), and every other <dialog>.
import { t } from "../core/texts.js";
import { isDirty } from "../form/guard.js";

const dialog = () => document.getElementById("crm-dialog");
const body = () => document.getElementById("crm-dialog-body");

// Whatever is swapped into #crm-dialog-body is shown; the server needs no word for it.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target !== body()) return;
  // A saved form may answer with nothing at all: then there is nothing to show.
  if (!body().firstElementChild) return closeDialog();
  const heading = body().querySelector("h1, h2");
  if (heading) {
    heading.id ||= "crm-dialog-title";
    dialog().setAttribute("aria-labelledby", heading.id);
  }
  if (!dialog().open) dialog().showModal();
  (body().querySelector("[autofocus], .is-invalid, input:not([type=hidden]), select, textarea") ?? dialog()).focus();
  return undefined;
});

function show(one) {
  one?.showModal();
  one?.dispatchEvent(new CustomEvent("crm-opened"));
}

document.addEventListener("crm:close-dialog", closeDialog);

function closeDialog() {
  if (!dialog()?.open) return;
  dialog().close();
}

function mayLeave(one) {
  const form = one.querySelector("form[data-guard]");
  return !form || !isDirty(form) || window.confirm(t("guard.leave"));
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-dialog]");
  if (opener) return show(document.getElementById(opener.dataset.openDialog));
  const closer = event.target.closest("[data-close-dialog]");
  const one = (closer ?? event.target).closest("dialog");
  // A click on the backdrop arrives with the dialog itself as its target.
  const wanted = closer || (event.target === one && one.hasAttribute("data-light-dismiss"));
  if (one && wanted && mayLeave(one)) one.close();
  return undefined;
});

document.addEventListener("cancel", (event) => {
  if (event.target.matches?.("dialog") && !mayLeave(event.target)) event.preventDefault();
}, true);

document.addEventListener("close", (event) => {
  if (event.target === dialog()) body().replaceChildren();
}, true);
