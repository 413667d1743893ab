// Keeps `<time datetime data-relative>` true while the page stays open; the server has already written the words.
import { component } from "../core/component.js";
import { language } from "../core/texts.js";
import { relative } from "./elapsed.js";

const exact = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
const wording = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const shown = new Set();

component("time[data-relative]", (element) => {
  const at = new Date(element.dateTime);
  if (Number.isNaN(at.valueOf())) return undefined;
  element.title ||= exact.format(at);
  shown.add(element);
  return () => shown.delete(element);
});

setInterval(() => {
  for (const element of shown) {
    if (!element.isConnected) {
      shown.delete(element);
      continue;
    }
    const { amount, unit } = relative(new Date(element.dateTime), new Date());
    element.textContent = wording.format(amount, unit);
  }
}, 60_000);
