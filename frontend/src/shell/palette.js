// One box for records, pages and actions: Ctrl-K or `/`. Recent places first, pages at once, records from the server.
import { getJson, RequestFailed } from "../core/request.js";
import { recall, remember } from "../core/storage.js";
import { t } from "../core/texts.js";
import { onKey } from "./shortcuts.js";

const PAUSE_MS = 120;
const KEPT = 8;
const dialog = document.getElementById("crm-palette");

if (dialog) {
  const input = dialog.querySelector("[role=combobox]");
  const list = dialog.querySelector("[role=listbox]");
  const status = dialog.querySelector("[data-palette-status]");
  const icons = dialog.querySelector("template[data-palette-icons]");
  let waiting;
  let asking;
  let active = -1;

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette-open]")) open();
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else if (!document.querySelector("dialog[open]")) open();
  });
  onKey("/", open);

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, input.value.trim() ? PAUSE_MS : 0);
  });
  input.addEventListener("keydown", steer);
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) keep(option.item);
  });
  dialog.addEventListener("close", () => asking?.abort());

  function open() {
    dialog.showModal();
    input.value = "";
    show(resting());
  }

  function resting() {
    const recent = recall("recent", []).map((item) => ({ ...item, kind: t("palette.recent") }));
    const known = new Set(recent.map((item) => item.url));
    return [...recent, ...places().filter((item) => !known.has(item.url))];
  }

  // Pages and actions are on this page already: the menu and the "new" menu.
  function places() {
    return [...document.querySelectorAll("[data-place]")].map((link) => ({
      label: link.dataset.place,
      url: link.getAttribute("href"),
      icon: link.dataset.icon,
      kind: link.dataset.placeKind,
    }));
  }

  async function look() {
    const query = input.value.trim();
    asking?.abort();
    if (!query) return show(resting());
    asking = new AbortController();
    const local = places().filter((item) => item.label.toLowerCase().includes(query.toLowerCase()));
    const url = new URL(dialog.dataset.paletteUrl, location.href);
    url.searchParams.set("q", query);
    try {
      const { items } = await getJson(url, { signal: asking.signal });
      const known = new Set(items.map((item) => item.url));
      show([...items, ...local.filter((item) => !known.has(item.url))], query);
    } catch (error) {
      if (error instanceof RequestFailed) show(local, query);
      else if (error.name !== "AbortError") throw error;
    }
    return undefined;
  }

  function show(items, query = "") {
    list.replaceChildren();
    let group = null;
    for (const item of items) {
      if (item.kind !== group?.kind) {
        group = { kind: item.kind, element: groupOf(item.kind, list.children.length) };
        list.append(group.element);
      }
      group.element.append(optionOf(item));
    }
    [...options()].forEach((option, index) => (option.id = `crm-palette-${index}`));
    status.textContent = items.length ? t("palette.count", { count: items.length }) : t("palette.none", { query });
    status.classList.toggle("visually-hidden", items.length > 0);
    activate(items.length ? 0 : -1);
  }

  function groupOf(kind, index) {
    const group = document.createElement("div");
    const heading = document.createElement("div");
    heading.id = `crm-palette-kind-${index}`;
    heading.className = "crm-palette-kind";
    heading.textContent = kind ?? "";
    group.setAttribute("role", "group");
    group.setAttribute("aria-labelledby", heading.id);
    group.append(heading);
    return group;
  }

  function optionOf(item) {
    const option = document.createElement("a");
    option.href = item.url;
    option.item = item;
    option.className = "crm-palette-option";
    option.setAttribute("role", "option");
    option.tabIndex = -1;
    const label = document.createElement("span");
    label.className = "crm-palette-label";
    label.textContent = item.label;
    const detail = document.createElement("span");
    detail.className = "crm-palette-detail";
    detail.textContent = item.detail ?? "";
    option.append(iconOf(item.icon), label, detail);
    return option;
  }

  function iconOf(name) {
    const found = icons?.content.querySelector(`[data-icon="${CSS.escape(name ?? "")}"]`);
    const icon = (found ?? icons?.content.querySelector("[data-icon='default']"))?.cloneNode(true);
    return icon ?? document.createElement("span");
  }

  function options() {
    return list.querySelectorAll("[role=option]");
  }

  function activate(index) {
    const all = [...options()];
    active = all.length ? (index + all.length) % all.length : -1;
    all.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    const option = all[active];
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  function steer(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      activate(active + step);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      const option = options()[active];
      if (!option) return;
      keep(option.item);
      if (event.ctrlKey || event.metaKey) window.open(option.href, "_blank", "noopener");
      else location.assign(option.href);
    }
  }

  function keep({ label, detail, url, icon }) {
    const rest = recall("recent", []).filter((item) => item.url !== url);
    remember("recent", [{ label, detail, url, icon }, ...rest].slice(0, KEPT));
    dialog.close();
  }
}

// A record that was opened by any way is recent too: its page names itself.
const here = document.querySelector("[data-recent]");
if (here) {
  const item = JSON.parse(here.dataset.recent);
  const rest = recall("recent", []).filter((one) => one.url !== item.url);
  remember("recent", [item, ...rest].slice(0, KEPT));
}
