// What all pieces share: they fetch a fragment as the host's user, show it, and send its forms.
import styles from "./pieces.shadow.css";
import { markup } from "./markup.js";
import { unwatch, watch } from "./watch.js";

const BASE = new URL("../", import.meta.url);
const SIGNED_OUT = "forecourt:signed-out";
const SIGNED_IN = "forecourt:signed-in";
const CHANGED = "forecourt:changed";
let out = false;
const sheet = new CSSStyleSheet();
sheet.replaceSync(styles);

export class Piece extends HTMLElement {
  #asked = 0;
  #stop = null;

  connectedCallback() {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    root.addEventListener("submit", (event) => this.#submit(event), { signal });
    root.addEventListener("click", (event) => this.clicked(event), { signal });
    window.addEventListener(SIGNED_OUT, () => this.clear(), { signal });
    window.addEventListener(SIGNED_IN, () => this.load(), { signal });
    window.addEventListener(CHANGED, (event) => event.detail !== this && this.load(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden || this.load(), { signal });
    watch(this);
    this.load();
  }

  disconnectedCallback() {
    unwatch(this);
    this.#stop.abort();
  }

  attributeChangedCallback() {
    if (this.isConnected && this.shadowRoot) this.load();
  }

  /** The address below the prefix that answers with this piece; nothing when there is nothing to show. */
  address() {
    return "";
  }

  async load() {
    const address = this.address();
    if (address && !this.#typing()) await this.show(address);
  }

  /** Whether somebody has begun to write here: nothing may take that away. */
  #typing() {
    return [...this.shadowRoot.querySelectorAll("textarea")].some((one) => one.value !== one.defaultValue);
  }

  /** Fetch a fragment and show it, unless a newer question was asked meanwhile. */
  async show(address, options = {}) {
    const asked = ++this.#asked;
    const answer = await this.ask(address, options);
    if (answer === null || asked !== this.#asked) return false;
    if (answer.status !== 204) this.draw(answer.text);
    return answer.ok;
  }

  /** Ask as the host's user: {ok, status, text}, or null when nobody is signed in or the network is away. */
  async ask(address, options = {}) {
    const headers = { accept: "text/html", "x-requested-with": "forecourt", ...options.headers };
    const lang = this.closest("[lang]")?.lang;
    if (lang) headers["accept-language"] = lang;
    let response;
    try {
      response = await fetch(new URL(address, BASE), { credentials: "include", ...options, headers });
    } catch {
      return null;
    }
    if (response.status === 401) {
      out = true;
      window.dispatchEvent(new CustomEvent(SIGNED_OUT));
      return null;
    }
    if (out) {
      out = false;
      window.dispatchEvent(new CustomEvent(SIGNED_IN));
    }
    const body = await response.text();
    const fragment = response.headers.get("content-type")?.startsWith("text/html");
    return { ok: response.ok, status: response.status, text: fragment ? body : refusal(body) };
  }

  /** Ask only whether somebody is still signed in. */
  heartbeat() {
    return this.ask("pieces/present");
  }

  draw(text) {
    this.shadowRoot.innerHTML = markup(text);
  }

  clear() {
    if (this.shadowRoot) this.shadowRoot.replaceChildren();
  }

  clicked() {}

  async #submit(event) {
    event.preventDefault();
    const form = event.target;
    const token = this.shadowRoot.querySelector("[data-csrf]")?.dataset.csrf ?? "";
    const body = new URLSearchParams(new FormData(form));
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    const done = await this.show(form.getAttribute("action"), {
      method: "POST", body, headers: { "x-csrf-token": token },
    });
    if (done) window.dispatchEvent(new CustomEvent(CHANGED, { detail: this }));
    for (const button of form.querySelectorAll("button")) button.disabled = false;
  }
}

/** A refusal comes as a problem document: its words, as text. */
function refusal(body) {
  const place = document.createElement("p");
  place.className = "refused";
  place.setAttribute("role", "alert");
  try {
    const problem = JSON.parse(body);
    place.textContent = [problem.detail, ...(problem.errors ?? []).map((one) => one.message)].join(" ");
  } catch {
    place.textContent = "⚠";
  }
  return place.outerHTML;
}
