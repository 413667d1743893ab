/** The content of `<meta name="…">`, or an empty string. */
export function meta(name) {
  return document.querySelector(`meta[name="${name}"]`)?.content ?? "";
}
