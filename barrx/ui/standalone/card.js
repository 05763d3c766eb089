/* The card of one picture: large, with who is to be credited and every field of its row. */

import { apart, make } from "../map/dom.js";

export class Card {
  constructor(dialog, words, addressOf) {
    Object.assign(this, { dialog, words, addressOf, onClose: () => {} });
    this.image = make("img", { alt: "" });
    this.text = make("div", { class: "text" });
    const close = make("button", { type: "button", class: "close", "aria-label": words.close, title: words.close }, "×");
    close.addEventListener("click", () => dialog.close());
    dialog.append(close, this.image, this.text);
    dialog.addEventListener("close", () => this.onClose());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }

  show(index, row, fields, names) {
    this.image.src = this.addressOf(index, 320);
    this.image.alt = row.title;
    const facts = [
      [names.cluster, row.label],
      [names.strength, row.strength],
      ...row.facts.map((text, k) => [fields[k], text]),
    ];
    // The file is said once, though a column may hold it too.
    const shown = facts.filter(([, text], k) => text && (k < 3 || text !== row.facts[0]));
    this.text.replaceChildren(
      make("h2", { dir: "auto" }, row.title),
      ...(row.creator || row.date ? [make("p", { class: "by" }, ...apart(row.creator, row.date))] : []),
      make("p", { class: "credit", dir: "auto" }, row.credit),
      make("dl", {}, ...shown.flatMap(([name, text]) => [make("dt", { dir: "auto" }, name), make("dd", { dir: "auto" }, text)])),
    );
    if (!this.dialog.open) this.dialog.showModal();
  }
}
