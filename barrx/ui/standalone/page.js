/* A map in a file of its own: the map component, with its numbers, pictures and titles taken from the page. */

import { make } from "../map/dom.js";
import { mount } from "../map/main.js";
import { source, use } from "../map/source.js";
import { bytesOf, pictures } from "./pictures.js";
import { Finder } from "./finder.js";
import { Card } from "./card.js";

const data = JSON.parse(document.getElementById("data").textContent);
const { columns, options, words } = data;
const finder = new Finder(data.rows);
const images = pictures(data.files);

use({
  column: async (column) => column.bytes ?? bytesOf(column.body).buffer,
  thumbnails: async (_token, side, indexes) => {
    const found = indexes.map(async (index) => [index, await images.drawable(side, index)]);
    return (await Promise.allSettled(found)).flatMap(({ value }) => (value ? [value] : []));
  },
  address: (_token, side, index) => images.address(side, index),
  rows: async (_token, indexes) => Object.fromEntries(indexes.map((index) => [index, finder.row(index)])),
});

// As in the dashboard the map stands in a shadow root: its style is written for that.
const host = document.getElementById("map");
const sheet = new CSSStyleSheet();
sheet.replaceSync(data.style);
const shadow = host.attachShadow({ mode: "open" });
shadow.adoptedStyleSheets = [sheet];
shadow.append(make("div", { class: "barrx-map" }));

const card = new Card(document.getElementById("card"), words, (index, side) => source.address("", side, index));
const shown = { columns, options };
// What the filters let pass, eight pictures a byte; null once they are taken off.
let passing = columns.shown ? bytesOf(columns.shown.body) : null;

function show() {
  mount({ data: { ...shown }, parentElement: shadow, setStateValue: () => {}, setTriggerValue: heard });
}

const TWICE = 300; // ms in which the second click of a double click comes, which a card over the map would take
let opening = 0;

function heard(name, value) {
  if (name === "clicked") {
    clearTimeout(opening);
    if (value >= 0) opening = setTimeout(() => open(value), TWICE);
  }
  if (name === "query") search(value);
}

function open(index) {
  shown.options = { ...shown.options, marked: [index] };
  card.show(index, finder.row(index), data.fields, data.facts);
  show();
}

function close() {
  shown.options = { ...shown.options, marked: [] };
  show();
  shadow.querySelector("canvas").focus();
}

function search(query) {
  const { flags, count } = finder.find(query, passing);
  const { shown: _all, ...others } = columns;
  const name = `search ${passing ? "what passes" : "all"} ${query}`;
  const found = { name, type: "bits", length: options.n, bytes: flags.buffer };
  shown.columns = count < options.n || query ? { ...others, shown: found } : others;
  shown.options = { ...shown.options, query };
  show();
}

function showAll() {
  passing = null;
  document.querySelector(".filtered").remove();
  search(shown.options.query);
  shadow.querySelector("canvas").focus();
}

card.onClose = close;
document.querySelector("[data-all]")?.addEventListener("click", showAll);
for (const button of document.querySelectorAll("[data-save]")) {
  button.addEventListener("click", () => {
    const url = URL.createObjectURL(new Blob([JSON.stringify(data.recipe, null, 1)], { type: "application/json" }));
    make("a", { href: url, download: data.recipe_name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  });
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
show();
