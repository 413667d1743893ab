// Keeps what was typed into `form[data-draft="key"]` over a lost session or a closed window, for half a day.
import { component } from "../core/component.js";
import { forget, recall, remember, remembered } from "../core/storage.js";
import { language, t } from "../core/texts.js";

const KEPT_FOR_MS = 12 * 60 * 60 * 1000;
const PAUSE_MS = 400;
const NEVER_KEPT = "[type=password], [type=file], [type=hidden], [data-draft-skip], [data-draft-skip] *";

component("form[data-draft]", (form) => {
  const name = `draft:${form.dataset.draft}`;
  let timer;
  const store = () => {
    timer = undefined;
    remember(name, { at: Date.now(), fields: read(form) });
  };
  const keep = () => {
    clearTimeout(timer);
    timer = setTimeout(store, PAUSE_MS);
  };
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const drop = () => {
    stop();
    forget(name);
  };
  // Whoever leaves in the middle of a word finds that word, too.
  const leave = () => {
    if (timer === undefined) return;
    stop();
    store();
  };
  addEventListener("pagehide", leave);
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("crm:saved", drop);
  const draft = recall(name);
  // A form that came back with errors already holds what was typed.
  if (draft && !form.querySelector(".is-invalid")) offer(form, draft, drop);
  return () => {
    stop();
    removeEventListener("pagehide", leave);
  };
});

function read(form) {
  return [...form.elements]
    .filter((field) => field.name && !field.matches(NEVER_KEPT))
    .map((field) => [field.name, field.value, checkable(field) ? field.checked : null, wordOf(field)]);
}

function offer(form, draft, drop) {
  const before = read(form);
  if (JSON.stringify(before) === JSON.stringify(draft.fields)) return;
  write(form, draft.fields);
  const notice = document.createElement("div");
  notice.className = "crm-notice crm-draft-notice";
  notice.setAttribute("role", "status");
  const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(draft.at);
  const discard = document.createElement("button");
  discard.type = "button";
  discard.className = "btn btn-sm";
  discard.textContent = t("draft.discard");
  discard.addEventListener("click", () => {
    write(form, before);
    drop();
    notice.remove();
  });
  notice.append(t("draft.restored", { time }), discard);
  form.prepend(notice);
}

function write(form, fields) {
  const waiting = [...fields];
  for (const field of form.elements) {
    if (field.matches(NEVER_KEPT)) continue;
    const at = waiting.findIndex(([name, value]) => name === field.name && (!checkable(field) || value === field.value));
    if (at < 0) continue;
    const [[, value, checked, word]] = waiting.splice(at, 1);
    if (checkable(field)) field.checked = checked;
    else set(field, value, word);
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** What a looked-up value is called: its list is empty again after a reload. */
function wordOf(field) {
  return field.dataset.comboboxUrl && field.value ? (field.selectedOptions[0]?.text ?? null) : null;
}

function set(field, value, word) {
  if (word && field.tomselect) field.tomselect.addOption({ value, label: word });
  else if (word && ![...field.options].some((option) => option.value === value)) field.add(new Option(word, value));
  field.value = value;
  field.tomselect?.sync();
}

function checkable(field) {
  return field.type === "checkbox" || field.type === "radio";
}

for (const name of remembered("draft:")) {
  if (Date.now() - (recall(name)?.at ?? 0) > KEPT_FOR_MS) forget(name);
}
