/* The meaning of the colours: a chip with shape and letter, a name, a count; a click brings its points out. */

import { chip, icon, make } from "./dom.js";
import { colourOf, shapeOf, SHAPES } from "./paint.js";
import { cssOf, inkOn } from "./theme.js";

export const PATHS = {
  circle: "M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20z",
  square: "M3 3h18v18h-18z",
  diamond: "M12 0.5l11.5 11.5l-11.5 11.5l-11.5-11.5z",
  triangle: "M12 1l11.5 21h-23z",
};
const SELECT = "M4 8v-4h4M16 4h4v4M20 16v4h-4M8 20h-4v-4M8.500 12l2.500 2.500l4.500-5";
const FEW = 12; // entries that need no search
const MOST_OTHERS = 100; // in the page at a time

/** Return the chip of a colour index: with a number for clusters, else with a letter; neutral without colours. */
export function chipOf(index, letter, colours) {
  if (!colours) return chip(PATHS.circle, "var(--raised)", "currentColor", String(letter));
  const shape = SHAPES[shapeOf(index, colours.palette)];
  const colour = colourOf(index, colours.palette, colours.noise);
  const made = chip(PATHS[shape], cssOf(colour), inkOn(colour), String(letter));
  made.classList.add(shape);
  return made;
}

/** Return what people who cannot tell the colours read: the number of a cluster, else the last number or first letter. */
export function letterOf(label, index, isByCluster) {
  if (index < 0) return "·";
  if (isByCluster) return String(index).slice(-4);
  return label.match(/\d+(?=\D*$)/)?.[0].slice(-3) ?? [...label.trim()][0]?.toUpperCase() ?? "";
}

export function shownNumber(value) {
  return value.toLocaleString(document.documentElement.lang || undefined);
}

export class Legend {
  /** `on` has the functions change() and, if entries can be selected, select(index). */
  constructor(root, on) {
    this.on = typeof on === "function" ? { change: on } : on;
    this.title = make("h3");
    this.field = make("input", { type: "search", class: "legend-search" });
    this.field.addEventListener("input", () => this.search());
    this.list = make("ul");
    this.together = make("div", { class: "others" });
    this.nothing = make("p", { class: "nothing" });
    const body = make("div", { class: "legend-body" }, this.list, this.together, this.nothing);
    this.box = make("section", { class: "legend" }, this.title, this.field, body);
    this.list.addEventListener("keydown", (event) => this.key(event));
    root.append(this.box);
    this.chosen = new Set();
    this.drawn = "";
  }

  /** `options` has legend, legend_title, and legend_others: [[name, count], ...] of what one entry stands for together. */
  update({ legend, legend_title: title, legend_others: others = [] }, colours, words, isByCluster = false) {
    const drawn = JSON.stringify([legend, title, others, colours, isByCluster]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.title.textContent = title;
    this.box.hidden = !legend.length;
    this.box.setAttribute("aria-label", title || words.legend);
    Object.assign(this, { words, others });
    this.nothing.textContent = words.nothing_found;
    // A name may mean other pictures now: nothing stays chosen.
    if (this.chosen.size) this.clear();
    this.entries = legend.map((entry) => [entry[0].toLocaleLowerCase(), this.entry(entry, colours, isByCluster)]);
    const isLong = legend.length + others.length > FEW;
    this.field.hidden = !isLong;
    if (!isLong) this.field.value = "";
    this.field.placeholder = words.find;
    this.field.setAttribute("aria-label", words.find);
    this.search();
  }

  entry([label, count, index], colours, isByCluster) {
    const button = make(
      "button",
      { type: "button", class: "entry", "aria-pressed": "false", "data-index": index, title: label },
      chipOf(index, letterOf(label, index, isByCluster), colours),
      make("span", { class: "label", dir: "auto" }, label),
      make("span", { class: "count" }, shownNumber(count)),
    );
    button.addEventListener("click", () => this.toggle(index, button));
    const line = make("li", {}, button);
    if (this.on.select) {
      button.addEventListener("dblclick", () => this.on.select(index));
      line.append(this.selecting(label, index));
    }
    return line;
  }

  selecting(label, index) {
    const name = `${this.words.select_all}: ${label}`;
    const button = make("button", { type: "button", class: "all", title: name, "aria-label": name }, icon(SELECT));
    button.addEventListener("click", () => this.on.select(index));
    return button;
  }

  // --- search -------------------------------------------------------------------------------------------------

  /** Show the entries in whose names the text of the field occurs, and below them those that one entry stands for. */
  search() {
    const sought = this.field.value.trim().toLocaleLowerCase();
    const found = this.entries.filter(([name]) => name.includes(sought)).map(([, line]) => line);
    const others = this.others.filter(([name]) => name.toLocaleLowerCase().includes(sought));
    const lines = others.slice(0, MOST_OTHERS).map(([name, count]) => otherLine(name, count));
    if (others.length) lines.unshift(make("p", { class: "heading" }, this.words.others));
    if (others.length > MOST_OTHERS) {
      const more = this.words.more.replace("{n}", shownNumber(others.length - MOST_OTHERS));
      lines.push(make("p", { class: "heading" }, more));
    }
    this.list.replaceChildren(...found);
    this.together.replaceChildren(...lines);
    this.nothing.hidden = found.length + others.length > 0;
    this.setStop(this.buttons()[0]);
  }

  // --- keyboard -----------------------------------------------------------------------------------------------

  buttons() {
    return [...this.list.querySelectorAll(".entry")];
  }

  // The Tab key comes to one entry, the arrow keys go on from there.
  setStop(button) {
    for (const each of this.list.querySelectorAll("button")) each.tabIndex = -1;
    if (!button) return;
    button.tabIndex = 0;
    const select = button.parentNode.querySelector(".all");
    if (select) select.tabIndex = 0;
  }

  key(event) {
    const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const buttons = this.buttons();
    const at = buttons.indexOf(event.target.closest("li").querySelector(".entry")) + steps[event.key];
    const next = buttons[Math.max(0, Math.min(buttons.length - 1, at))];
    this.setStop(next);
    next?.focus();
  }

  // --- what is chosen -----------------------------------------------------------------------------------------

  toggle(index, button) {
    if (!this.chosen.delete(index)) this.chosen.add(index);
    button.setAttribute("aria-pressed", this.chosen.has(index));
    this.setStop(button);
    this.on.change();
  }

  clear() {
    this.chosen.clear();
    for (const [, line] of this.entries) line.querySelector(".entry").setAttribute("aria-pressed", "false");
    this.on.change();
  }
}

function otherLine(name, count) {
  return make(
    "p",
    { class: "other" },
    make("span", { class: "label", dir: "auto", title: name }, name),
    make("span", { class: "count" }, shownNumber(count)),
  );
}
