// One question every second and a half for all pieces of a page: is the person still signed in, and does his
// telephone ring? So they go blank within two seconds after the host signed him out, answer included.
const EVERY_MS = 1500;
const pieces = new Set();
let timer = 0;

export function watch(piece) {
  pieces.add(piece);
  timer ||= setInterval(look, EVERY_MS);
}

export function unwatch(piece) {
  pieces.delete(piece);
  if (pieces.size) return;
  clearInterval(timer);
  timer = 0;
}

function look() {
  if (document.hidden) return;
  const [first] = pieces;
  ([...pieces].find((piece) => piece.rings) ?? first).heartbeat();
}
