// Pieces that show something: a customer, today's tasks, what happened.
import { Piece } from "./piece.js";

/** The attributes that name a record, as a query. */
function question(element, names) {
  const asked = new URLSearchParams();
  for (const name of names) if (element.getAttribute(name)) asked.set(name, element.getAttribute(name));
  return asked.size ? `?${asked}` : "";
}

export class CustomerCard extends Piece {
  static observedAttributes = ["mobile", "code", "record"];

  address() {
    const asked = question(this, CustomerCard.observedAttributes);
    return asked && `pieces/customer-card${asked}`;
  }

  clicked(event) {
    const edit = event.target.closest("[data-edit]");
    if (!edit) return;
    const note = edit.closest("li");
    note.querySelector("form").hidden = false;
    note.querySelector("[data-said]").hidden = true;
    note.querySelector("textarea").focus();
  }
}

export class Tasks extends Piece {
  address() {
    return "pieces/tasks";
  }
}

export class Timeline extends Piece {
  static observedAttributes = ["mobile", "code", "record"];

  address() {
    const asked = question(this, Timeline.observedAttributes);
    return asked && `pieces/timeline${asked}`;
  }
}
