// Words shown by scripts, translated by the server into #crm-texts.
const source = document.getElementById("crm-texts");
const texts = source ? JSON.parse(source.textContent) : {};

/** The wording of `key` with its `{name}` places filled. */
export function t(key, values = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

export const language = document.documentElement.lang || "zh-CN";
