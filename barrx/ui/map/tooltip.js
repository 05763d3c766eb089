/* What is said about the picture under the pointer. */

import { make } from "./dom.js";

const LINES = ["title", "creator", "date", "colour", "cluster"];
const LONGEST = 300; // characters of a text
const GAP = 14; // pixels between pointer and tooltip

export const TOOLTIP_SIDE = 320;

export class Tooltip {
  constructor(stage) {
    this.image = make("img", { alt: "", decoding: "async" });
    this.image.addEventListener("error", () => (this.image.hidden = true));
    this.image.addEventListener("load", () => this.place());
    this.lines = LINES.map((name) => make("span", { class: name, dir: "auto" }));
    this.box = make("div", { class: "tooltip", role: "tooltip" }, this.image, ...this.lines);
    this.box.hidden = true;
    // Read aloud when the map is used by keyboard; the tooltip itself moves too often.
    this.spoken = make("div", { class: "spoken", "aria-live": "polite" });
    stage.append(this.box, this.spoken);
    this.stage = stage;
    this.shown = null;
  }

  /** Show what is known about a point (the texts of all lines), beside a place of the stage. */
  show(i, known, address, at) {
    this.at = at;
    const texts = known.map((text) => [...text.slice(0, 2 * LONGEST)].slice(0, LONGEST).join(""));
    const shown = [i, address, ...texts].join("\n");
    if (shown !== this.shown) {
      this.lines.forEach((line, k) => {
        line.textContent = texts[k];
        line.hidden = !texts[k];
      });
      this.image.hidden = !address;
      if (address) this.image.src = address;
      this.box.dataset.index = i;
      this.shown = shown;
    }
    this.box.hidden = false;
    this.place();
  }

  speak() {
    this.announce(this.lines.map((line) => line.textContent).filter(Boolean).join(", "));
  }

  /** Have a text read aloud. */
  announce(text) {
    // Set only when it is another: the same text set again is read again.
    if (this.spoken.textContent !== text) this.spoken.textContent = text;
  }

  hide() {
    this.box.hidden = true;
  }

  // Beside the pointer where there is room, never over the edge of the map.
  place() {
    if (this.box.hidden) return;
    const [x, y] = this.at;
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const room = { width: this.stage.clientWidth, height: this.stage.clientHeight };
    const left = x + GAP + width <= room.width ? x + GAP : x - GAP - width;
    const top = y + GAP + height <= room.height ? y + GAP : y - GAP - height;
    this.box.style.left = `${Math.max(4, Math.min(left, room.width - width - 4))}px`;
    this.box.style.top = `${Math.max(4, Math.min(top, room.height - height - 4))}px`;
  }
}
