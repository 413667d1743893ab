// What the browser keeps, apart for each person: several people share one desk.
import { meta } from "./meta.js";

const owner = meta("crm-user") || "nobody";

function key(name) {
  return `crm:${owner}:${name}`;
}

export function recall(name, fallback = null) {
  try {
    return JSON.parse(localStorage.getItem(key(name))) ?? fallback;
  } catch {
    return fallback;
  }
}

/** False when the browser refuses: storage full or switched off. */
export function remember(name, value) {
  try {
    localStorage.setItem(key(name), JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function forget(name) {
  localStorage.removeItem(key(name));
}

/** Names of this person's entries that start with `prefix`. */
export function remembered(prefix) {
  return Object.keys(localStorage)
    .filter((one) => one.startsWith(key(prefix)))
    .map((one) => one.slice(key("").length));
}

/** A preference the server reads while it renders, so that the page does not change after it has appeared. */
export function rememberForServer(name, value) {
  const path = meta("crm-base") || "/";
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `crm_${name}=${encodeURIComponent(value)}; Path=${path}; Max-Age=31536000; SameSite=Lax${secure}`;
}
