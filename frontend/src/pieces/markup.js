// Hosts may demand trusted types; what our own server drew and escaped may be shown.
const policy = globalThis.trustedTypes?.createPolicy("forecourt", { createHTML: (text) => text });

export function markup(text) {
  return policy ? policy.createHTML(text) : text;
}
