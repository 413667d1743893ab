// A fact edited where it stands: `[data-inline]` swaps between the value (a button) and a small form.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const form = event.target.closest?.("[data-inline] form");
  if (!form) return;
  event.preventDefault();
  event.stopPropagation();
  form.querySelector("[data-inline-cancel]")?.click();
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const place = detail.target.closest?.("[data-inline]") ?? document.getElementById(detail.target.id)?.closest?.("[data-inline]");
  if (!place) return;
  const field = place.querySelector("form :is(input:not([type=hidden]), select, textarea)");
  if (field) {
    field.focus();
    field.select?.();
  } else {
    place.querySelector("[data-inline-edit]")?.focus();
  }
});
