// A telephone rings: the caller's card comes up.
import { Piece } from "./piece.js";

export class CallPiece extends Piece {
  #seen = "";

  get rings() {
    return true;
  }

  async load() {
    const known = this.#seen;
    const answer = await this.ask(`pieces/calls?seen=${encodeURIComponent(known)}`);
    // Where answers are slow two may tell of one call, the second after it was closed.
    if (answer?.status !== 200 || known !== this.#seen) return;
    this.draw(answer.text);
    this.#seen = this.shadowRoot.querySelector("[data-call]")?.dataset.call ?? this.#seen;
  }

  heartbeat() {
    return this.load();
  }

  clicked(event) {
    if (event.target.closest("[data-close]")) this.clear();
  }
}
