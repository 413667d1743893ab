// What people see when a request fails: one wording for htmx and for our own requests.
import { t } from "../core/texts.js";
import htmx from "../htmx.js";
import { sessionLost } from "../shell/session.js";
import { toast } from "./toasts.js";

/** `answer`: status, body text, and a function giving a header by name. */
export function reportFailure({ status, body, header }) {
  if (status === 401) return sessionLost();
  const problem = problemIn(body, header);
  toast({ level: status >= 500 ? "danger" : "warning", text: wording(status, problem, header), detail: reference(problem, header) });
}

export function reportUnreachable() {
  toast({ level: "warning", text: t("error.unreachable") });
}

function wording(status, problem, header) {
  const fields = (problem.errors ?? []).map((one) => one.message).filter(Boolean);
  if (fields.length) return fields.join(" ");
  if (status < 500 && problem.detail) return problem.detail;
  if (status === 429 || status === 503) return t("error.busy", { seconds: header("retry-after") || "10" });
  return t({ 403: "error.forbidden", 404: "error.missing", 409: "error.conflict", 413: "error.large" }[status] ?? "error.server");
}

function reference(problem, header) {
  const id = problem.request_id || header("x-request-id");
  return id ? t("error.reference", { id }) : "";
}

function problemIn(body, header) {
  if (!isJson(header)) return {};
  try {
    return JSON.parse(body) ?? {};
  } catch {
    return {};
  }
}

function isJson(header) {
  return /[/+]json/.test(header("content-type") ?? "");
}

function answerOf(xhr) {
  return { status: xhr.status, body: xhr.responseText, header: (name) => xhr.getResponseHeader(name) };
}

// A refusal in JSON is for the reader, not for the page: never swap it in.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.status < 400 || !isJson((name) => detail.xhr.getResponseHeader(name))) return;
  detail.shouldSwap = false;
  detail.isError = true;
});

document.addEventListener("htmx:responseError", ({ detail }) => {
  const answer = answerOf(detail.xhr);
  if (answer.status === 401 || !loadsByItself(detail.elt)) return reportFailure(answer);
  offerRetry(detail.elt, reference(problemIn(answer.body, answer.header), answer.header));
  return undefined;
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail }) => {
    if (loadsByItself(detail.elt)) offerRetry(detail.elt, "");
    else reportUnreachable();
  });
}

function loadsByItself(element) {
  return element?.matches?.("[data-lazy]");
}

// Nobody asked for this part just now: it says in its own place what is wrong, and waits.
function offerRetry(element, words) {
  const box = document.createElement("div");
  box.className = "crm-load-failed";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm";
  button.textContent = t("retry");
  button.addEventListener("click", () => htmx.trigger(element, "crm:retry"));
  const text = document.createElement("span");
  text.append(t("error.part"));
  if (words) {
    const small = document.createElement("small");
    small.textContent = words;
    text.append(small);
  }
  box.append(text, button);
  element.replaceChildren(box);
  element.setAttribute("aria-busy", "false");
}
