// htmx as a global: plugins' own scripts expect it there.
import htmx from "htmx.org/dist/htmx.esm.js";
import { Idiomorph } from "idiomorph";

window.htmx = htmx;

// Our own morph extension: the packaged one builds functions from strings, which the page's policy forbids.
const STYLES = { morph: "outerHTML", "morph:outerHTML": "outerHTML", "morph:innerHTML": "innerHTML" };

htmx.defineExtension("morph", {
  isInlineSwap: (style) => STYLES[style] === "outerHTML",
  handleSwap(style, target, fragment) {
    if (!(style in STYLES)) return false;
    return Idiomorph.morph(target, fragment.children, {
      morphStyle: STYLES[style],
      ignoreActiveValue: true,
      // What was fetched later (counts on tabs) stays, instead of vanishing until it is fetched again.
      callbacks: { beforeNodeMorphed: (old, fresh) => !(old.dataset?.keep !== undefined && old.id === fresh.id) },
    });
  },
});

export default htmx;
