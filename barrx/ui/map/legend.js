/* The meaning of the colours: a chip with shape and letter, a name, a count; a click brings its points out. */

import { chip, make } from "./dom.js";
import { colourOf, shapeOf, SHAPES } from "./paint.js";
import { cssOf, inkOn } from "./theme.js";

const PATHS = {
  circle: "M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20z",
  square: "M3 3h18v18h-18z",
  diamond: "M12 0.5l11.5 11.5l-11.5 11.5l-11.5-11.5z",
  triangle: "M12 1l11.5 21h-23z",
};

// Its last number, else its first letter: people who cannot tell the colours read this instead.
function letterOf(label, index) {
  if (index < 0) return "·";
  return label.match(/\d+(?=\D*$)/)?.[0].slice(-3) ?? [...label.trim()][0]?.toUpperCase() ?? "";
}

export class Legend {
  constructor(root, onChange) {
    this.title = make("h3");
    this.list = make("ul");
    this.box = make("section", { class: "legend" }, this.title, this.list);
    root.append(this.box);
    this.onChange = onChange;
    this.chosen = new Set();
    this.drawn = "";
  }

  update({ legend, legend_title: title, noise }, colours, words) {
    const drawn = JSON.stringify([legend, title, colours]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.title.textContent = title;
    this.box.hidden = !legend.length;
    this.box.setAttribute("aria-label", title || words.legend);
    // A name may mean other pictures now: nothing stays chosen.
    if (this.chosen.size) this.clear();
    this.list.replaceChildren(...legend.map((entry) => make("li", {}, this.entry(entry, colours))));
  }

  entry([label, count, index], colours) {
    const colour = colourOf(index, colours.palette, colours.noise);
    const path = PATHS[SHAPES[shapeOf(index, colours.palette)]];
    const button = make(
      "button",
      { type: "button", "aria-pressed": "false", "data-index": index, title: label },
      chip(path, cssOf(colour), inkOn(colour), letterOf(label, index)),
      make("span", { class: "label", dir: "auto" }, label),
      make("span", { class: "count" }, count.toLocaleString(document.documentElement.lang || undefined)),
    );
    button.addEventListener("click", () => this.toggle(index, button));
    return button;
  }

  toggle(index, button) {
    if (!this.chosen.delete(index)) this.chosen.add(index);
    button.setAttribute("aria-pressed", this.chosen.has(index));
    this.onChange();
  }

  clear() {
    this.chosen.clear();
    for (const button of this.list.querySelectorAll("button")) button.setAttribute("aria-pressed", "false");
    this.onChange();
  }
}
