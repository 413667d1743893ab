// Asks before an act that cannot be undone, and for a reason where one is required.
const reasons = new WeakMap();

// `data-confirm` on anything that sends by htmx, or on a plain form.
document.addEventListener("htmx:confirm", (event) => {
  const asker = event.target;
  if (!asker.matches?.("[data-confirm]")) return;
  event.preventDefault();
  ask(asker).then((reason) => {
    if (reason === null) return;
    reasons.set(asker, reason);
    event.detail.issueRequest(true);
  });
});

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const reason = reasons.get(detail.elt);
  if (reason) detail.parameters.reason = reason;
  reasons.delete(detail.elt);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-confirm]") || form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) return;
  if (form.dataset.confirmed) return;
  event.preventDefault();
  ask(form).then((reason) => {
    if (reason === null) return;
    if (reason) addField(form, reason);
    form.dataset.confirmed = "yes";
    form.requestSubmit(event.submitter);
  });
});

function addField(form, reason) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "reason";
  field.value = reason;
  form.append(field);
}

/** The reason given (maybe empty), or null when the person stepped back. */
function ask(asker) {
  const dialog = document.getElementById("crm-confirm");
  const { confirm, confirmTitle, confirmAction, confirmDanger, confirmReason } = asker.dataset;
  const part = (name) => dialog.querySelector(`[data-part="${name}"]`);
  const button = part("go");
  button.dataset.default ??= button.textContent;
  part("title").dataset.default ??= part("title").textContent;
  part("title").textContent = confirmTitle || part("title").dataset.default;
  part("text").textContent = confirm;
  button.textContent = confirmAction || button.dataset.default;
  button.classList.toggle("btn-danger", confirmDanger !== undefined);
  button.classList.toggle("btn-primary", confirmDanger === undefined);
  const reason = part("reason");
  reason.hidden = confirmReason === undefined;
  const input = reason.querySelector("textarea");
  reason.querySelector("label").textContent = confirmReason || "";
  input.value = "";
  input.required = confirmReason !== undefined;
  dialog.returnValue = "";
  dialog.showModal();
  (confirmReason === undefined ? part("cancel") : input).focus();
  return new Promise((resolve) => {
    const done = () => resolve(dialog.returnValue === "go" ? input.value.trim() : null);
    dialog.addEventListener("close", done, { once: true });
  });
}
