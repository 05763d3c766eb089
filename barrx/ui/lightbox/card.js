/* The card of one picture: picture, caption with its rights, and every field of its row. */

import { make } from "../map/dom.js";
import { Lightbox } from "./lightbox.js";
import { caption, linked } from "./text.js";

const SHARPEN_AFTER = 250; // ms: who clicks on from card to card does not wait for large pictures
const SEEN = 120; // pixels of a card in the window: with fewer one does not see that it has changed

let answered = ""; // the last click; another page that shows the same picture has a card of its own

export class Card {
  constructor(root, words) {
    this.lightbox = new Lightbox(words, (index) => this.moved(index));
    this.image = make("img", { alt: "" });
    this.image.addEventListener("error", () => this.image.classList.add("missing"));
    this.button = make("button", { type: "button", class: "picture", "aria-haspopup": "dialog" }, this.image);
    this.button.addEventListener("click", () => this.open());
    this.caption = make("figcaption");
    this.facts = make("dl", { class: "facts" });
    this.figure = make("figure", { class: "card" }, this.button, this.caption);
    root.replaceChildren(this.figure, this.facts, this.lightbox.dialog);
    this.button.title = words.enlarge;
  }

  update(data, pick) {
    const isFirst = !this.data;
    const isOther = this.data?.index !== data.index || this.data?.collection !== data.collection;
    const isClicked = data.click && data.click !== answered;
    answered = data.click;
    this.data = data;
    this.pick = pick;
    if (isOther) this.show(data);
    const text = JSON.stringify([data.caption, data.facts]);
    if (text !== this.text) this.write(data);
    this.text = text;
    if (isOther) this.pane?.scrollTo({ top: 0 });
    if (isOther || isClicked) this.reveal(data, isFirst || isClicked || this.isLeft);
    this.isLeft = false;
    if (isClicked) this.answer();
  }

  // What the card scrolls in where it stands beside a map.
  get pane() {
    return this.figure.getRootNode().host?.closest(".st-key-card_pane");
  }

  write(data) {
    this.caption.replaceChildren(...caption(data.caption, "strong"));
    this.facts.replaceChildren(
      ...data.facts.map(([name, pieces]) =>
        make("div", {}, make("dt", { dir: "auto" }, name), make("dd", { dir: "auto" }, ...linked(pieces))),
      ),
    );
    for (const cell of this.facts.querySelectorAll("dd")) {
      // What scrolls must be reached by the keyboard.
      if (cell.scrollHeight > cell.clientHeight + 1) cell.tabIndex = 0;
    }
  }

  show({ index, token, caption: { title }, words }) {
    clearTimeout(this.timer);
    this.image.classList.remove("missing");
    this.image.alt = title;
    this.image.src = new URL(`barrx/thumbnail/${token}/320/${index}.webp`, document.baseURI).href;
    this.button.setAttribute("aria-label", `${words.enlarge}: ${title}`);
    this.timer = setTimeout(() => this.sharpen(index), SHARPEN_AFTER);
  }

  // Where one came to the picture by the card itself, one looks at the card; else only a phone has no room for both.
  reveal({ reveal }, isElsewhere) {
    const isPhone = innerWidth <= 640;
    const isByItself = !isElsewhere && !isPhone && (reveal || this.pane?.contains(document.activeElement));
    if (isByItself || (reveal && isPhone)) this.figure.scrollIntoView({ block: isPhone ? "start" : "nearest" });
  }

  // A click among many pictures, with the card out of sight, is answered where one looks.
  answer() {
    const { top, bottom } = this.figure.getBoundingClientRect();
    if (bottom < SEEN || top > innerHeight - SEEN) this.open(document.activeElement?.shadowRoot?.activeElement);
  }

  async sharpen(index) {
    const large = new Image();
    large.src = this.lightbox.address(this.data.token, index);
    try {
      await large.decode();
    } catch {
      return; // the thumbnail stays
    }
    if (this.data.index === index) this.image.src = large.src;
  }

  /** Open the lightbox; the focus goes back to `opener`. */
  open(opener) {
    this.lightbox.open(this.data, opener ?? this.button);
  }

  /** The lightbox was closed on another picture than the card's. */
  moved(index) {
    if (index === this.data.index) return;
    this.isLeft = true;
    this.pick(index);
  }

  destroy() {
    clearTimeout(this.timer);
    this.lightbox.destroy();
  }
}
