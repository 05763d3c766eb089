/* The meaning of the colours: a chip with shape and letter, a name, a count; a click brings its points out. */

import { chip, icon, make } from "./dom.js";
import { shownNumber } from "./numbers.js";
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
const MOST = 100; // of a list, in the page at a time

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

export class Legend {
  /** `on` has the functions change() and select(role, value): see bringsOut(). */
  constructor(root, on) {
    this.on = on;
    this.title = make("h3");
    this.field = make("input", { type: "search", class: "legend-search" });
    this.field.addEventListener("input", () => this.search());
    this.list = make("ul");
    this.otherList = make("ul");
    this.nothing = make("p", { class: "nothing" });
    const body = make("div", { class: "legend-body" }, this.list, this.otherList, this.nothing);
    this.box = make("section", { class: "legend" }, this.title, this.field, body);
    body.addEventListener("keydown", (event) => this.key(event));
    root.append(this.box);
    this.body = body;
    this.chosen = { colour: new Set(), other: new Set() };
    this.drawn = this.meaning = "";
  }

  /**
   * `options` has legend, legend_title, legend_others: [[name, count], ...] of what one entry stands for together, and
   * legend_chosen: what the page brings out, which counts once in each legend_revision.
   */
  update(options, colours, words, isByCluster = false) {
    const { legend, legend_title: title, legend_others: others = [] } = options;
    const isNews = this.adopt(options, JSON.stringify([legend, title, others, isByCluster]));
    const drawn = JSON.stringify([this.meaning, colours]);
    if (drawn === this.drawn) {
      if (isNews) this.press();
      return;
    }
    this.drawn = drawn;
    this.title.textContent = title;
    this.box.hidden = !legend.length;
    this.box.setAttribute("aria-label", title || words.legend);
    Object.assign(this, { words, others, colours });
    this.nothing.textContent = words.nothing_found;
    this.entries = legend.map(([label, count, index]) => {
      const letter = letterOf(label, index, isByCluster);
      return { name: label.toLocaleLowerCase(), label, count, role: "colour", value: index, index, letter, line: null };
    });
    this.together = legend.findLast(([, , index]) => index >= 0)?.[2] ?? -1; // the colour of the others
    const isLong = legend.length + others.length > FEW;
    this.field.hidden = !isLong;
    if (!isLong) this.field.value = "";
    this.field.placeholder = words.find;
    this.field.setAttribute("aria-label", words.find);
    this.search();
  }

  moreThan(found) {
    const n = found.length - MOST;
    return n > 0 ? [make("li", { class: "heading" }, this.words.more.replace("{n}", shownNumber(n)))] : [];
  }

  lineOf(entry) {
    entry.line ??= this.entry(entry);
    return entry.line;
  }

  entry({ label, count, role, value, index, letter }) {
    const isChosen = this.chosen[role].has(value);
    const button = make(
      "button",
      { type: "button", class: "entry", "aria-pressed": isChosen, title: label, "data-role": role, "data-value": value },
      chipOf(index, letter, this.colours),
      make("span", { class: "label", dir: "auto" }, label),
      make("span", { class: "count" }, shownNumber(count)),
    );
    button.addEventListener("click", () => this.toggle(role, value, button));
    button.addEventListener("dblclick", () => this.on.select(role, value));
    const name = `${this.words.select_all}: ${label}`;
    const all = make("button", { type: "button", class: "all", title: name, "aria-label": name }, icon(SELECT));
    all.addEventListener("click", () => this.on.select(role, value));
    return make("li", {}, button, all);
  }

  other([label, count], value) {
    return this.entry({ label, count, role: "other", value, index: this.together, letter: letterOf(label, 0, false) });
  }

  // --- search -------------------------------------------------------------------------------------------------

  /** Show the entries in whose names the text of the field occurs, and below them those that one entry stands for. */
  search() {
    const sought = this.field.value.trim().toLocaleLowerCase();
    const found = this.entries.filter(({ name }) => name.includes(sought));
    const others = [...this.others.entries()].filter(([, [name]]) => name.toLocaleLowerCase().includes(sought));
    const lines = others.slice(0, MOST).map(([value, other]) => this.other(other, value));
    if (others.length) lines.unshift(make("li", { class: "heading" }, this.words.others));
    this.list.replaceChildren(...found.slice(0, MOST).map((entry) => this.lineOf(entry)), ...this.moreThan(found));
    this.otherList.replaceChildren(...lines, ...this.moreThan(others));
    this.nothing.hidden = found.length + others.length > 0;
    this.setStop(this.buttons()[0]);
  }

  // --- keyboard -----------------------------------------------------------------------------------------------

  buttons() {
    return [...this.body.querySelectorAll(".entry")];
  }

  // The Tab key comes to one entry, the arrow keys go on from there.
  setStop(button) {
    for (const each of this.body.querySelectorAll("button")) each.tabIndex = -1;
    if (!button) return;
    for (const each of button.parentNode.querySelectorAll("button")) each.tabIndex = 0;
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

  // A name may mean other pictures now: nothing stays chosen but what the page says.
  adopt({ legend_chosen: [colour, other] = [[], []], legend_revision: revision = "" }, meaning) {
    if (meaning === this.meaning && revision === this.revision) return false;
    Object.assign(this, { meaning, revision });
    this.chosen = { colour: new Set(colour), other: new Set(other) };
    return true;
  }

  /** What Python is told: the entries that are chosen, and which decision of the page they come after. */
  get told() {
    const { chosen, revision } = this;
    return { colour: [...chosen.colour], other: [...chosen.other], revision };
  }

  get hasChosen() {
    return this.chosen.colour.size + this.chosen.other.size > 0;
  }

  /** Tell whether nothing is chosen, or what is chosen means point i: by its colour, or as one of the others. */
  bringsOut({ colour, other }, i) {
    return !this.hasChosen || this.chosen.colour.has(colour[i]) || this.chosen.other.has(other[i]);
  }

  /** Return what the colour of point i means, "" if nothing is said about it. */
  meaningOf({ colour, other }, i) {
    const [name] = this.others[other[i]] ?? [this.entries.find(({ index }) => index === colour[i])?.label ?? ""];
    return name;
  }

  toggle(role, value, button) {
    const chosen = this.chosen[role];
    if (!chosen.delete(value)) chosen.add(value);
    button.setAttribute("aria-pressed", chosen.has(value));
    this.setStop(button);
    this.on.change();
  }

  clear() {
    for (const chosen of Object.values(this.chosen)) chosen.clear();
    this.press();
    this.on.change();
  }

  // Show what is chosen, where the entries stay the same.
  press() {
    const hidden = this.entries.flatMap(({ line }) => (line ? [line.querySelector(".entry")] : []));
    for (const button of [...this.buttons(), ...hidden]) {
      const { role, value } = button.dataset;
      button.setAttribute("aria-pressed", this.chosen[role].has(Number(value)));
    }
  }
}
