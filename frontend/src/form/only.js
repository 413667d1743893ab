// A field that makes sense only while another one has a certain value: `data-only="kind=company"`.
// One that is filled in stays in sight; a group goes when none of its fields is left.
import { component } from "../core/component.js";

component("[data-only]", (control) => {
  const [name, wanted] = control.dataset.only.split("=");
  const form = control.closest("form");
  const field = control.closest(".crm-field");
  const group = field.closest(".crm-form-group");
  const decide = () => {
    const fits = new FormData(form).get(name) === wanted;
    const filled = control.value !== "" && control.value !== control.dataset.blank;
    field.hidden = !fits && !filled;
    if (group) group.hidden = !group.querySelector(".crm-field:not([hidden])");
  };
  decide();
  form.addEventListener("change", decide);
  return () => form.removeEventListener("change", decide);
});
