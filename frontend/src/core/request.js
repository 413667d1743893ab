// Requests made by scripts. Failures are shown once, here; callers only need to give up.
import { reportFailure, reportUnreachable } from "../feedback/failures.js";
import { meta } from "./meta.js";

export class RequestFailed extends Error {}

export function getJson(url, { signal } = {}) {
  return send(url, { signal });
}

export function postJson(url, body) {
  return send(url, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", "x-csrf-token": meta("csrf-token") },
  });
}

async function send(url, { headers = {}, ...options }) {
  let response;
  try {
    response = await fetch(url, {
      credentials: "same-origin",
      headers: { accept: "application/json", ...headers },
      ...options,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    reportUnreachable();
    throw new RequestFailed(error.message);
  }
  if (!response.ok) {
    reportFailure({
      status: response.status,
      body: await response.text(),
      header: (name) => response.headers.get(name),
    });
    throw new RequestFailed(String(response.status));
  }
  return response.status === 204 ? null : response.json();
}
