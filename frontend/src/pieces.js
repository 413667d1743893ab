// Pieces of Forecourt inside a host's own pages: custom elements with a shadow root each, so that neither side
// restyles the other. The script knows where it came from, and so where to ask.
import { CallPiece } from "./pieces/call.js";
import { CustomerCard, Tasks, Timeline } from "./pieces/shown.js";

const elements = {
  "forecourt-customer-card": CustomerCard,
  "forecourt-tasks": Tasks,
  "forecourt-timeline": Timeline,
  "forecourt-call": CallPiece,
};

for (const [name, element] of Object.entries(elements)) {
  if (!customElements.get(name)) customElements.define(name, element);
}
