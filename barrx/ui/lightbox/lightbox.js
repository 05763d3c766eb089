/* A picture as large as the window, with the pictures beside it a key or a swipe away. */

import { icon, make } from "../map/dom.js";
import { shownNumber } from "../map/numbers.js";
import { caption } from "./text.js";
import { Zoom } from "./zoom.js";

const STEP = 1.5;
const BATCH = 24; // captions fetched at a time
const ICONS = {
  closer: "M12 5v14M5 12h14",
  farther: "M5 12h14",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  close: "M6 6l12 12M18 6L6 18",
  back: "M15 5l-7 7 7 7",
  on: "M9 5l7 7-7 7",
};

export class Lightbox {
  /** `closed(index)` is told on which picture the lightbox was closed. */
  constructor(words, closed) {
    this.words = words;
    this.closed = closed;
    this.captions = new Map();
    this.build(words);
    this.zoom = new Zoom(this.stage, this.image, {
      swiped: (step) => this.go(step),
      changed: (scale) => (this.buttons.farther.disabled = this.buttons.fit.disabled = scale <= 1),
    });
    this.resized = new ResizeObserver(() => this.zoom.draw());
    this.resized.observe(this.stage);
  }

  build(words) {
    const button = (name, action) => {
      const element = make("button", { type: "button", title: words[name], "aria-label": words[name] }, icon(ICONS[name]));
      element.dataset.action = name;
      element.addEventListener("click", action);
      return element;
    };
    this.buttons = {
      farther: button("farther", () => this.zoom.by(1 / STEP)),
      closer: button("closer", () => this.zoom.by(STEP)),
      fit: button("fit", () => this.zoom.reset()),
      close: button("close", () => this.dialog.close()),
      back: button("back", () => this.go(-1)),
      on: button("on", () => this.go(1)),
    };
    const { farther, closer, fit, close, back, on } = this.buttons;
    this.counter = make("span", { class: "counter" });
    this.image = make("img", { alt: "", draggable: "false" });
    this.image.addEventListener("load", () => this.zoom.draw());
    this.message = make("p", { class: "message", role: "alert" });
    this.stage = make("div", { class: "stage" }, this.image, this.message);
    this.caption = make("div", { class: "caption", "aria-live": "polite" });
    const bar = make("div", { class: "bar" }, this.counter, farther, closer, fit, close);
    this.dialog = make("dialog", { "aria-label": words.lightbox }, bar, back, this.stage, on, this.caption);
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    this.dialog.addEventListener("close", () => this.leave());
  }

  address(token, index) {
    return new URL(`barrx/picture/${token}/${index}`, document.baseURI).href;
  }

  /** Open on the picture of a card; `opener` gets the focus back. */
  open(data, opener) {
    if (data.collection !== this.data?.collection) this.captions.clear();
    this.data = data;
    this.opener = opener;
    this.captions.set(data.index, data.caption);
    this.indexes = data.indexes.includes(data.index) ? data.indexes : [data.index, ...data.indexes];
    this.at = this.indexes.indexOf(data.index);
    this.dialog.showModal();
    this.buttons.close.focus();
    this.show();
  }

  go(step) {
    const to = Math.min(this.indexes.length - 1, Math.max(0, this.at + step));
    if (to === this.at) return;
    this.at = to;
    this.show();
  }

  get index() {
    return this.indexes[this.at];
  }

  async show() {
    const { index, data } = this;
    this.zoom.reset();
    this.message.textContent = "";
    this.counter.textContent = [this.at + 1, this.indexes.length].map(shownNumber).join(" / ");
    this.buttons.back.disabled = this.at === 0;
    this.buttons.on.disabled = this.at === this.indexes.length - 1;
    this.describe();
    this.dialog.dataset.index = index;
    this.image.dataset.size = "small";
    this.image.src = new URL(`barrx/thumbnail/${data.token}/320/${index}.webp`, document.baseURI).href;
    const large = new Image();
    large.src = this.address(data.token, index);
    try {
      await large.decode();
    } catch {
      if (this.index === index) this.message.textContent = this.words.unreadable;
      return;
    }
    if (this.index !== index || !this.dialog.open) return;
    this.image.src = large.src;
    this.image.dataset.size = "large";
    // The next one is here before it is asked for.
    if (this.at + 1 < this.indexes.length) new Image().src = this.address(data.token, this.indexes[this.at + 1]);
  }

  async describe() {
    const { index } = this;
    if (!this.captions.has(index)) {
      this.caption.replaceChildren();
      await this.fetchCaptions();
    }
    const found = this.captions.get(index);
    if (this.index !== index || !found) return;
    this.caption.replaceChildren(...caption(found, "h2"));
    this.image.alt = found.title;
  }

  async fetchCaptions() {
    const { data } = this;
    const near = this.indexes.slice(Math.max(0, this.at - BATCH / 2), this.at + BATCH);
    const wanted = near.filter((index) => !this.captions.has(index));
    const address = new URL(`barrx/rows/${data.token}?i=${wanted}&lang=${document.documentElement.lang}`, document.baseURI);
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok || data !== this.data) return;
    for (const [index, text] of Object.entries(await answer.json())) this.captions.set(Number(index), text);
  }

  key(event) {
    const actions = {
      ArrowLeft: () => this.go(-1),
      ArrowRight: () => this.go(1),
      Home: () => this.go(-Infinity),
      End: () => this.go(Infinity),
      "+": () => this.zoom.by(STEP),
      "=": () => this.zoom.by(STEP),
      "-": () => this.zoom.by(1 / STEP),
      0: () => this.zoom.reset(),
    };
    // Keys of the page under it, such as Streamlit's own, are not meant here.
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey || event.altKey || !actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }

  leave() {
    this.image.removeAttribute("src");
    this.opener?.focus();
    this.closed(this.index);
  }

  destroy() {
    this.resized.disconnect();
    this.dialog.remove();
  }
}
