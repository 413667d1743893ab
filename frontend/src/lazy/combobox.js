// Look-up fields: search on the server, choose, or create what is missing without leaving the form.
import TomSelect from "tom-select/base";
import clearButton from "tom-select/plugins/clear_button/plugin.js";
import removeButton from "tom-select/plugins/remove_button/plugin.js";

TomSelect.define("clear_button", clearButton);
TomSelect.define("remove_button", removeButton);

/** The field that opened the create dialog, until the new record is announced. */
let creating = null;

export function mount(select, { getJson, htmx, RequestFailed, t }) {
  const { comboboxUrl } = select.dataset;
  // The create form opens in the one dialog, so a field that stands in it cannot offer that.
  const createUrl = select.closest("#crm-dialog") ? null : select.dataset.createUrl;
  const box = new TomSelect(select, {
    valueField: "value",
    labelField: "label",
    searchField: comboboxUrl ? [] : ["label"],
    maxOptions: 50,
    preload: comboboxUrl ? "focus" : false,
    loadThrottle: 200,
    plugins: select.multiple
      ? { remove_button: { title: t("remove") } }
      : select.required
        ? {}
        : { clear_button: { title: t("clear") } },
    load: comboboxUrl ? load : undefined,
    create: createUrl ? (text) => openCreate(htmx, box, createUrl, text) : false,
    createFilter: (text) => text.trim().length > 0,
    render: {
      option: (item, escape) =>
        `<div><span>${escape(item.label)}</span>${item.detail ? `<small>${escape(item.detail)}</small>` : ""}</div>`,
      item: (item, escape) => `<div>${escape(item.label)}</div>`,
      option_create: (item, escape) => `<div class="create">${escape(t("combobox.create", { text: item.input }))}</div>`,
      no_results: (item, escape) => `<div class="no-results">${escape(t("combobox.none"))}</div>`,
      loading: (item, escape) => `<div class="no-results">${escape(t("combobox.loading"))}</div>`,
    },
  });
  name(box, select);
  return () => box.destroy();

  async function load(query, done) {
    const url = new URL(comboboxUrl, location.href);
    url.searchParams.set("q", query);
    try {
      const { items } = await getJson(url);
      box.clearOptions();
      done(items);
    } catch (error) {
      done();
      if (!(error instanceof RequestFailed)) throw error;
    }
  }
}

function name(box, select) {
  // The label now names the visible box; the select behind it only carries the value.
  select.setAttribute("aria-hidden", "true");
  for (const attribute of ["aria-describedby", "aria-invalid", "aria-label"]) {
    const value = select.getAttribute(attribute);
    if (value) box.control_input.setAttribute(attribute, value);
  }
  if (select.classList.contains("is-invalid")) box.wrapper.classList.add("is-invalid");
}

function openCreate(htmx, box, url, text) {
  creating = box;
  const address = new URL(url, location.href);
  address.searchParams.set("name", text);
  htmx.ajax("GET", address.pathname + address.search, { target: "#crm-dialog-body", swap: "innerHTML" });
  return false;
}

document.addEventListener("crm:created", ({ detail }) => {
  if (!creating) return;
  creating.addOption({ value: detail.value, label: detail.label });
  creating.setValue(detail.value);
  creating.focus();
  creating = null;
});
