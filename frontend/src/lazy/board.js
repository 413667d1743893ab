// A board: cards move by drag or by the card's menu, at once on the screen, and back if the server refuses.
import Sortable from "sortablejs";

const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function mount(board, { htmx, openMenu, t }) {
  const lanes = () => [...board.querySelectorAll("[data-lane]")];
  const sortables = lanes().map((lane) =>
    Sortable.create(lane, {
      group: board.id,
      animation: calm.matches ? 0 : 120,
      draggable: "[data-card]",
      filter: "a, button",
      preventOnFilter: false,
      delay: 150,
      delayOnTouchOnly: true,
      ghostClass: "crm-card--ghost",
      onEnd: ({ item, from, oldDraggableIndex }) => {
        if (item.closest("[data-lane]") === from) return put(item, from, oldDraggableIndex);
        return send(item, from, oldDraggableIndex);
      },
    }),
  );

  board.addEventListener("click", (event) => {
    const button = event.target.closest("[data-board-move]");
    if (button) openMoveMenu(button, button.closest("[data-card]"));
  });

  function openMoveMenu(button, card) {
    const menu = document.createElement("div");
    menu.className = "crm-menu-list";
    menu.setAttribute("role", "menu");
    menu.setAttribute("aria-label", t("board.move"));
    for (const lane of lanes()) {
      if (lane === card.closest("[data-lane]") || lane.hasAttribute("data-closed")) continue;
      if (card.dataset.to !== undefined && !card.dataset.to.split(" ").includes(lane.dataset.lane)) continue;
      menu.append(menuItem(lane, card));
    }
    if (!menu.childElementCount) menu.append(nowhere());
    (board.closest("main") ?? document.body).append(menu);
    menu.addEventListener("crm:menu-closed", () => setTimeout(() => menu.remove()), { once: true });
    openMenu(menu, { at: button, returnTo: button });
  }

  function nowhere() {
    const item = document.createElement("div");
    item.className = "crm-menu-item";
    item.setAttribute("role", "menuitem");
    item.setAttribute("aria-disabled", "true");
    item.tabIndex = -1;
    item.textContent = t("board.nowhere");
    return item;
  }

  function menuItem(lane, card) {
    const item = document.createElement("button");
    item.type = "button";
    item.className = "crm-menu-item";
    item.setAttribute("role", "menuitem");
    item.tabIndex = -1;
    item.textContent = lane.dataset.label;
    item.addEventListener("click", () => {
      const from = card.parentElement;
      const index = cardsOf(from).indexOf(card);
      lane.prepend(card);
      send(card, from, index);
      requestAnimationFrame(() => card.querySelector("[data-board-move]")?.focus());
    });
    return item;
  }

  // The server answers with the heads of both lanes (out of band) and a message that offers to undo.
  async function send(card, from, index) {
    const lane = card.closest("[data-lane]");
    showEmpty(from, lane);
    card.classList.add("crm-card--moving");
    const answered = (event) => {
      if (event.detail.elt !== card) return;
      document.removeEventListener("htmx:afterRequest", answered);
      card.classList.remove("crm-card--moving");
      const { status } = event.detail.xhr;
      const asks = event.detail.xhr.getResponseHeader("HX-Retarget");
      if (status >= 200 && status < 400 && !asks) say(card, lane);
      else put(card, from, index);
    };
    document.addEventListener("htmx:afterRequest", answered);
    await htmx.ajax("POST", board.dataset.moveUrl.replace("{id}", encodeURIComponent(card.dataset.id)), {
      source: card,
      swap: "none",
      values: { to: lane.dataset.lane, version: card.dataset.version ?? "", after: card.previousElementSibling?.dataset.id ?? "" },
    });
  }

  function put(card, lane, index) {
    const others = cardsOf(lane).filter((one) => one !== card);
    if (others[index]) others[index].before(card);
    else lane.append(card);
    showEmpty(...lanes());
  }

  function say(card, lane) {
    const live = board.querySelector("[data-board-live]");
    if (live) live.textContent = t("board.moved", { name: card.dataset.label ?? "", lane: lane.dataset.label });
  }

  return () => sortables.forEach((one) => one.destroy());
}

function cardsOf(lane) {
  return [...lane.querySelectorAll("[data-card]")];
}

function showEmpty(...lanes) {
  for (const lane of lanes) lane.classList.toggle("crm-lane-cards--empty", cardsOf(lane).length === 0);
}
