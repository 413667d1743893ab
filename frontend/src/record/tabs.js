// Tabs by the ARIA pattern; a panel that loads late listens for `crm:tab-shown`. The open tab lives in the address.
import { component } from "../core/component.js";

component("[role=tablist][data-tabs]", (list) => {
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const panelOf = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

  function show(tab, { focus = false, mark = true } = {}) {
    for (const one of tabs) {
      const chosen = one === tab;
      one.setAttribute("aria-selected", String(chosen));
      one.tabIndex = chosen ? 0 : -1;
      const panel = panelOf(one);
      if (panel) panel.hidden = !chosen;
    }
    panelOf(tab)?.dispatchEvent(new CustomEvent("crm:tab-shown", { bubbles: true }));
    if (focus) tab.focus();
    if (mark && tab.dataset.tab) history.replaceState(history.state, "", `#${tab.dataset.tab}`);
  }

  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) show(tab);
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const here = tabs.indexOf(document.activeElement);
    const next = step ? tabs.at((here + step) % tabs.length) : { Home: tabs[0], End: tabs.at(-1) }[event.key];
    if (!next) return;
    event.preventDefault();
    show(next, { focus: true });
  });

  const wanted = tabs.find((tab) => tab.dataset.tab && `#${tab.dataset.tab}` === location.hash);
  const first = wanted ?? tabs.find((tab) => tab.getAttribute("aria-selected") === "true") ?? tabs[0];
  if (first) show(first, { mark: false });
});
