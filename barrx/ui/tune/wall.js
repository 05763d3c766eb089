/* The settings of a sweep as a wall of small maps, sorted as people like. Text is only ever set as text. */

import { icon, make } from "../map/dom.js";
import { Stamp } from "./stamp.js";

const TURN = "M8 4v16M8 4L4 8M8 4l4 4M16 20V4M16 20l-4-4M16 20l4-4";
const RECOMMENDED = "recommended";
const MARKED = 6; // places of the recommendation that are told on the card

export class Wall {
  constructor(root) {
    this.root = root;
    this.sort = { name: RECOMMENDED, isTurned: false };
    this.cards = new Map();
    this.select = make("select", { id: "barrx-sort" });
    this.select.addEventListener("change", () => this.sortBy(this.select.value, false));
    this.turn = make("button", { type: "button", "aria-pressed": "false" }, icon(TURN));
    this.turn.addEventListener("click", () => this.sortBy(this.sort.name, !this.sort.isTurned));
    this.label = make("label", { for: "barrx-sort" });
    this.meaning = make("p", { class: "meaning", "aria-live": "polite" });
    this.list = make("ol", { class: "cards" });
    const bar = make("div", { class: "bar" }, this.label, this.select, this.turn);
    this.legend = make("ul", { class: "legend" });
    root.replaceChildren(bar, this.meaning, this.legend, this.list);
  }

  update(data) {
    const text = JSON.stringify(data);
    if (text === this.text) return;
    this.text = text;
    this.data = data;
    this.name(data);
    this.legend.hidden = !data.legend.length;
    this.legend.replaceChildren(...data.legend.map(([name, colour]) => entry(name, colour)));
    const present = new Set(data.cards.map((card) => card.number));
    for (const [number, shown] of this.cards) {
      if (present.has(number)) continue;
      shown.stamp.remove();
      shown.item.remove();
      this.cards.delete(number);
    }
    for (const card of data.cards) {
      if (!this.cards.has(card.number)) this.cards.set(card.number, new Card());
      this.cards.get(card.number).update(card, data);
    }
    this.arrange();
  }

  name({ words, measures }) {
    this.label.textContent = words.sort;
    this.turn.title = words.turn;
    this.turn.setAttribute("aria-label", words.turn);
    this.list.setAttribute("aria-label", words.wall);
    const options = [{ name: RECOMMENDED, title: words.recommended }, ...measures];
    if (!options.some(({ name }) => name === this.sort.name)) this.sort = { name: RECOMMENDED, isTurned: false };
    this.select.replaceChildren(...options.map(({ name, title }) => make("option", { value: name }, title)));
    this.select.value = this.sort.name;
  }

  sortBy(name, isTurned) {
    this.sort = { name, isTurned };
    this.arrange();
  }

  arrange() {
    const { words, measures, cards } = this.data;
    const { name, isTurned } = this.sort;
    const measure = measures.find((one) => one.name === name);
    this.meaning.textContent = measure ? measure.meaning : words.recommendedMeaning;
    this.turn.setAttribute("aria-pressed", String(isTurned));
    const key = (card) => (measure ? card.values[name] : card.rank);
    const isUp = (measure ? measure.lowFirst : true) !== isTurned;
    const ordered = [...cards].sort((one, other) => {
      const [a, b] = [key(one), key(other)];
      // What has no figure is last, whichever way.
      if ((a === null) !== (b === null)) return a === null ? 1 : -1;
      return (isUp ? a - b : b - a) || one.number - other.number;
    });
    ordered.forEach((card, at) => {
      const { item } = this.cards.get(card.number);
      // Only what has moved is moved: the focus stays where it is.
      if (this.list.children[at] !== item) this.list.insertBefore(item, this.list.children[at] ?? null);
      for (const row of item.querySelectorAll("[data-measure]")) row.classList.toggle("chosen", row.dataset.measure === name);
    });
  }
}

function entry(name, colour) {
  const dot = make("i");
  dot.style.background = colour;
  return make("li", { dir: "auto" }, dot, name);
}

class Card {
  constructor() {
    this.canvas = make("canvas", { "aria-hidden": "true" });
    this.stamp = new Stamp(this.canvas);
    this.place = make("span", { class: "place" });
    this.parameters = make("span", { class: "parameters" });
    this.link = make("a", {}, make("span", { class: "stamp" }, this.canvas, this.place), this.parameters);
    this.figures = make("dl", {});
    this.item = make("li", {}, this.link, this.figures);
  }

  update(card, { words, measures, ...look }) {
    this.item.dataset.number = card.number;
    this.link.href = new URL(card.address, document.baseURI).href;
    this.link.title = `${words.open}: ${card.whole}`;
    this.place.textContent = card.place !== null && card.place < MARKED ? String(card.place + 1) : "";
    this.place.title = words.place.replace("{place}", String((card.place ?? 0) + 1));
    this.parameters.replaceChildren(
      ...card.parameters.map(([name, value]) => make("span", {}, make("span", {}, name), " ", make("b", {}, value))),
    );
    this.figures.replaceChildren(
      ...measures.filter(({ name }) => card.values[name] !== null || card.notes[name]).map((one) => {
        const row = make("div", { title: one.meaning }, make("dt", {}, one.title), make("dd", {}, card.texts[one.name]));
        row.dataset.measure = one.name;
        if (card.notes[one.name]) row.append(make("dd", { class: "note" }, card.notes[one.name]));
        return row;
      }),
    );
    this.stamp.update(card, look);
  }
}
