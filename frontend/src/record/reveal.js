// Shows a masked value for half a minute; the server logs each opening.
import { postJson, RequestFailed } from "../core/request.js";
import { t } from "../core/texts.js";

const SHOWN_FOR_MS = 30_000;
const timers = new WeakMap();

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-reveal-url]");
  if (!button) return;
  if (button.matches("[data-dial]")) return dial(button);
  const holder = button.closest("[data-masked]");
  if (timers.has(button)) return mask(button, holder);
  button.disabled = true;
  try {
    reveal(button, holder, await ask(button));
  } catch (error) {
    if (!(error instanceof RequestFailed)) throw error;
  } finally {
    button.disabled = false;
  }
});

async function ask(button) {
  const { value } = await postJson(button.dataset.revealUrl, { field: button.dataset.revealField });
  return value;
}

// A phone dials at once; the number is opened, and logged, like any other look at it.
async function dial(button) {
  button.disabled = true;
  try {
    location.assign(telephone(await ask(button)));
  } catch (error) {
    if (!(error instanceof RequestFailed)) throw error;
  } finally {
    button.disabled = false;
  }
}

function telephone(value) {
  return `tel:${value.replace(/[^\d+]/g, "")}`;
}

function reveal(button, holder, value) {
  const shown = holder.querySelector("[data-masked-value]");
  shown.dataset.mask ??= shown.textContent;
  shown.textContent = value;
  shown.closest("a[data-tel]")?.setAttribute("href", telephone(value));
  button.setAttribute("aria-pressed", "true");
  button.setAttribute("aria-label", t("reveal.hide"));
  timers.set(button, setTimeout(() => mask(button, holder), SHOWN_FOR_MS));
}

function mask(button, holder) {
  clearTimeout(timers.get(button));
  timers.delete(button);
  const shown = holder.querySelector("[data-masked-value]");
  shown.textContent = shown.dataset.mask;
  shown.closest("a[data-tel]")?.removeAttribute("href");
  button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-label", t("reveal.show"));
}
