// A session that ended under an open page: keep what was typed, and offer the way back.
import { meta } from "../core/meta.js";

export function sessionLost() {
  const dialog = document.getElementById("crm-session-lost");
  if (!dialog) return location.reload();
  const link = dialog.querySelector("[data-login-link]");
  const login = meta("crm-login");
  if (link && login) link.href = `${login}?next=${encodeURIComponent(location.pathname + location.search)}`;
  document.dispatchEvent(new CustomEvent("crm:session-lost"));
  if (!dialog.open) dialog.showModal();
}
