// After a refused form comes back, the first wrong field gets the focus and is brought into view.
import { component } from "../core/component.js";

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.xhr?.status !== 422) return;
  const root = detail.target.isConnected ? detail.target : document;
  const scope = root.id ? document.getElementById(root.id) ?? document : document;
  focusFirst(scope.querySelector(".is-invalid") ? scope : document);
});

component("form[data-has-errors]", focusFirst);

function focusFirst(root) {
  const field = root.querySelector(".is-invalid:not(div)") ?? root.querySelector(".is-invalid input, .is-invalid");
  field?.focus({ preventScroll: true });
  field?.scrollIntoView({ block: "center" });
}

// A field that is being mended no longer shouts; the server has the last word when the form is sent.
document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.classList?.contains("is-invalid")) return;
  field.classList.remove("is-invalid");
  field.removeAttribute("aria-invalid");
});
