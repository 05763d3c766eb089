/* The field in which one searches all metadata as one types. Python does the searching. */

import { icon, make } from "./dom.js";
import { shownNumber } from "./numbers.js";

const WAIT = 150; // ms after the last letter
const LONGEST = 200;
const CLEAR = "M6 6l12 12M18 6l-12 12";

const tidy = (text) => text.trim().replace(/\s+/g, " ");

export class Search {
  constructor(words, onSearch) {
    Object.assign(this, { words, onSearch });
    this.given = ""; // what Python said last
    this.found = "";
    this.sent = []; // what Python has not answered yet
    this.field = make("input", {
      type: "search",
      maxlength: LONGEST,
      placeholder: words.search,
      "aria-label": words.search,
      autocomplete: "off",
      spellcheck: "false",
    });
    this.hits = make("output", { class: "hits" });
    this.button = make("button", { type: "button", title: words.clear_search, "aria-label": words.clear_search }, icon(CLEAR));
    this.box = make("div", { class: "search", role: "search" }, this.field, this.hits, this.button);
    this.field.addEventListener("input", () => this.typed(WAIT));
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.button.addEventListener("click", () => this.clear());
    this.box.hidden = true;
    this.show();
  }

  key(event) {
    if (event.key === "Enter") {
      this.sent = []; // asked again, whatever became of it
      this.typed(0);
    }
    if (event.key !== "Escape" || !this.field.value) return;
    event.preventDefault();
    this.clear();
  }

  clear() {
    this.field.value = "";
    this.typed(0);
    this.field.focus();
  }

  typed(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), wait);
    this.show();
  }

  send() {
    this.timer = null;
    const text = tidy(this.field.value);
    if (text === (this.sent.at(-1) ?? this.given)) return;
    this.sent.push(text);
    this.onSearch(text);
  }

  /** Take what Python says stands here, and how many pictures of how many pass. */
  update({ searchable, query }, count, total) {
    this.box.hidden = !searchable;
    const answered = this.sent.lastIndexOf(query);
    if (answered >= 0) this.sent.splice(0, answered + 1);
    // Set from elsewhere, such as the address: but never over what somebody types.
    else if (query !== this.given && !this.timer) this.field.value = query;
    this.given = query;
    this.found = query ? this.words.hits.replace("{n}", shownNumber(count)).replace("{total}", shownNumber(total)) : "";
    this.show();
  }

  /** Return what was typed and has not been answered yet, and what stood here before; null for nothing. */
  get pending() {
    const text = this.timer ? tidy(this.field.value) : this.sent.at(-1);
    return text === undefined ? null : { text, before: this.given };
  }

  type(text) {
    this.field.value = text;
    this.typed(0);
  }

  show() {
    this.button.hidden = !this.field.value;
    this.hits.textContent = this.field.value ? this.found : "";
  }

  destroy() {
    clearTimeout(this.timer);
  }
}
