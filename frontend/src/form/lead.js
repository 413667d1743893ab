// The first field of a form finds whom it is about; choosing a candidate fills the fields below.
document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const field = event.target.closest?.("[data-lead]");
  const chosen = event.target.closest?.("[data-fill]");
  if (!field && !chosen) return;
  const all = [...event.target.form.querySelectorAll("[data-fill]")];
  if (event.key === "Enter" && field) {
    event.preventDefault();
    if (all[0]) fill(all[0]);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const at = all.indexOf(chosen) + (event.key === "ArrowDown" ? 1 : -1);
    (all[at] ?? (at < 0 ? event.target.form.querySelector("[data-lead]") : chosen))?.focus();
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  if (button) fill(button);
});

function fill(button) {
  const { form } = button;
  for (const [name, [value, label]] of Object.entries(JSON.parse(button.dataset.fill))) {
    const field = form.elements.namedItem(name);
    if (field) put(field, value, label);
  }
  for (const one of form.querySelectorAll("[data-fill]")) one.setAttribute("aria-pressed", String(one === button));
  nextEmpty(form)?.focus();
}

function put(field, value, label) {
  if (field.tomselect) {
    field.tomselect.addOption({ value, label });
    field.tomselect.setValue(value);
    return;
  }
  if (field.matches("select") && ![...field.options].some((option) => option.value === value)) {
    field.add(new Option(label, value));
  }
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function nextEmpty(form) {
  return [...form.elements].find((field) => field.required && !field.value && !field.matches("[type=hidden]"));
}
