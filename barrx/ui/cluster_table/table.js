/* The clusters as a table: what the map shows, in words and numbers. Text is only ever set as text. */

import { chip, make } from "../map/dom.js";
import { PATHS } from "../map/legend.js";
import { SHAPES } from "../map/paint.js";
import { inkOn, rgbOf } from "../map/theme.js";
import { nameOf } from "./name.js";

const COLUMNS = ["number", "name", "representatives", "size", "share", "strength", "returns", "mix"];
const SORTED = new Set(["number", "name", "size", "strength", "returns", "mix"]);
const NUMERIC = new Set(["size", "share", "strength"]);
const BIGGEST_FIRST = new Set(["size", "strength"]);
const WHERE_KNOWN = new Set(["mix", "returns"]);

export class ClusterTable {
  constructor(root) {
    this.root = root;
    this.sort = { column: "number", isDown: false };
    this.table = make("table", { role: "table" });
    root.replaceChildren(this.table);
  }

  update(data, events) {
    this.events = events;
    const { token, ...shown } = data; // tomorrow's token shows the same pictures
    const text = JSON.stringify([shown, token]);
    if (text === this.text) return;
    this.text = text;
    this.data = data;
    const columns = COLUMNS.filter((name) => !WHERE_KNOWN.has(name) || data.words[name]);
    const further = data.more.map((title) => make("th", { scope: "col", role: "columnheader", dir: "auto" }, title));
    this.head = make("tr", { role: "row" }, ...columns.map((name) => this.heading(name)), ...further);
    this.body = make("tbody", { role: "rowgroup" });
    this.rows = new Map(data.rows.map((row) => [row.number, this.row(row, columns)]));
    const caption = make("caption", {}, data.words.caption);
    this.table.replaceChildren(caption, make("thead", { role: "rowgroup" }, this.head), this.body);
    this.arrange();
  }

  heading(name) {
    const { words } = this.data;
    const cell = make("th", { scope: "col", role: "columnheader", class: NUMERIC.has(name) ? "number" : "" });
    cell.dataset.column = name;
    if (!SORTED.has(name)) {
      cell.append(words[name]);
      return cell;
    }
    const button = make("button", { type: "button", title: words.sort }, words[name]);
    button.addEventListener("click", () => {
      const isSame = this.sort.column === name;
      this.sort = { column: name, isDown: isSame ? !this.sort.isDown : BIGGEST_FIRST.has(name) };
      this.arrange();
    });
    cell.append(button);
    return cell;
  }

  arrange() {
    const { column, isDown } = this.sort;
    for (const cell of this.head.children) {
      if (cell.dataset.column === column) cell.setAttribute("aria-sort", isDown ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
    const key = (row) => (column === "mix" ? (row.mix[0]?.[0] ?? "") : row[column]);
    const compare = (one, other) => {
      const [a, b] = [key(one), key(other)];
      // What has no value is last, whichever way the rows are sorted; so is the noise by number.
      const [lacksA, lacksB] = [a, b].map((value) => value === null || value === "" || (column === "number" && value < 0));
      if (lacksA !== lacksB) return lacksA - lacksB;
      const order = typeof a === "string" ? a.localeCompare(b, undefined, { numeric: true }) : (a ?? 0) - (b ?? 0);
      return (isDown ? -order : order) || one.number - other.number;
    };
    this.body.replaceChildren(...[...this.data.rows].sort(compare).map((row) => this.rows.get(row.number)));
  }

  row(row, columns) {
    const { words } = this.data;
    const { isEditable } = this.data;
    const rename = isEditable && row.number >= 0 ? (name) => this.events.rename(row.number, name) : null;
    const cells = {
      number: () => [this.opener(row)],
      name: () => [nameOf(row, words, rename)],
      representatives: () => [this.pictures(row)],
      size: () => [row.texts.size],
      share: () => [row.texts.share],
      strength: () => [row.texts.strength],
      returns: () => [verdictOf(row.verdict)],
      mix: () => [mixOf(row)],
    };
    const all = columns.map((name) => {
      const kind = name === "number" ? "th" : "td";
      const attributes = name === "number" ? { scope: "row", role: "rowheader" } : { role: "cell" };
      const cell = make(kind, { ...attributes, class: NUMERIC.has(name) ? "number" : name }, ...cells[name]());
      cell.dataset.label = words[name];
      return cell;
    });
    const further = row.more.map((text, at) => {
      const cell = make("td", { role: "cell", class: text ? "further" : "further none", dir: "auto" }, text || "–");
      cell.dataset.label = this.data.more[at];
      return cell;
    });
    const line = make("tr", { role: "row" }, ...all, ...further);
    line.dataset.number = row.number;
    return line;
  }

  opener(row) {
    const shape = PATHS[SHAPES[row.shape]];
    const letter = row.number < 0 ? "·" : String(row.number).slice(-3);
    const button = make("button", { type: "button", class: "open", title: `${this.data.words.open}: ${row.label}` });
    button.append(chip(shape, row.colour, inkOn(rgbOf(row.colour)), letter), row.label);
    button.addEventListener("click", () => this.events.open(row.number));
    return button;
  }

  pictures(row) {
    const label = `${this.data.words.open}: ${row.label}`;
    const strip = make("button", { type: "button", class: "strip", tabindex: "-1", "aria-label": label });
    for (const [index, title] of row.representatives) {
      const image = make("img", { alt: title, title, loading: "lazy", decoding: "async" });
      image.src = new URL(`barrx/thumbnail/${this.data.token}/96/${index}.webp`, document.baseURI).href;
      strip.append(image);
    }
    strip.addEventListener("click", () => this.events.open(row.number));
    return strip;
  }
}

function verdictOf({ kind, text, share, explained }) {
  const verdict = make("span", { class: "verdict", title: explained }, share);
  if (text) verdict.append(" ", make("em", { class: kind }, text));
  return verdict;
}

function mixOf(row) {
  if (!row.mix.length) return make("span", { class: "quiet" }, "–");
  const bar = make("span", { class: "bar", "aria-hidden": "true" });
  const list = make("span", { class: "parts" });
  row.mix.forEach(([value, share, text], at) => {
    const part = make("i");
    part.style.width = `${100 * share}%`;
    part.style.opacity = [0.9, 0.6, 0.35][at];
    bar.append(part);
    list.append(make("span", { dir: "auto", title: value }, `${value} `, make("b", {}, text)));
  });
  return make("div", { class: "mixed" }, bar, list);
}
