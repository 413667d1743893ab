// Light, dark or as the device says. The server writes the attribute from the cookie, so nothing flashes.
import { rememberForServer } from "../core/storage.js";

const root = document.documentElement;
const device = matchMedia("(prefers-color-scheme: dark)");

export function isDark() {
  const chosen = root.dataset.bsTheme;
  return chosen === "dark" || (chosen === "auto" && device.matches);
}

function announce() {
  document.dispatchEvent(new CustomEvent("crm:theme"));
}

function choose(theme) {
  root.dataset.bsTheme = theme;
  rememberForServer("theme", theme);
  mark();
  announce();
}

function mark() {
  for (const one of document.querySelectorAll("[data-theme-choice]")) {
    one.setAttribute("aria-checked", String(one.dataset.themeChoice === root.dataset.bsTheme));
  }
}

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-theme-choice]");
  if (choice) choose(choice.dataset.themeChoice);
});
device.addEventListener("change", announce);
mark();
