/* The names of the clusters over the map, as buttons. */

import { make } from "./dom.js";
import { Label } from "./label.js";
import { chipOf } from "./legend.js";
import { shownNumber } from "./numbers.js";
import { inView, placed, pushOf } from "./placing.js";

const MOST = 40; // in the page at a time
const HEIGHT = 26; // pixels of a plate
const FACES = 48; // pixels more with pictures on it
const WIDEST = 150; // pixels of a name, and on a narrow map; must be those in marks.css
const WIDEST_NARROW = 72;
const NARROW = 512;
const PLATE = 41; // pixels of a plate beside its texts: chip, gaps, edges
const ROOMY = 120; // pixels of a cluster that has room for pictures on its label
const OPEN_WIDTH = 3 * 44 + 14;
const PATIENCE = 5000; // ms until a new name must have come back from Python
const LETTERS = 60; // of a name, that are measured

const pen = document.createElement("canvas").getContext("2d");

// All of one font together: to change it takes longer than to measure.
function widthsOf(texts, font) {
  pen.font = font;
  return texts.map((text) => pen.measureText(text).width);
}

export class Labels {
  /** `on` has the functions fly(number), select(number), rename(number, name) and moved(). */
  constructor(stage, canvas, words, on) {
    Object.assign(this, { canvas, words, on });
    // Moving the map moves the sheet with all labels on it, which need not be drawn again.
    this.sheet = make("div", { class: "sheet" });
    this.layer = make("div", { class: "labels", role: "group", "aria-label": words.clusters }, this.sheet);
    stage.append(this.layer);
    this.shown = new Map(); // by number
    this.known = [];
    this.renamed = new Map();
  }

  /**
   * Take the clusters of an arrangement with their names: [{number, name, size, box, anchor, representatives}, ...].
   *
   * `look` holds colours (null where they mean something else), isEditable, and addressOf(i) of a
   * picture, null without pictures.
   */
  update(clusters, look) {
    const family = getComputedStyle(this.layer).fontFamily;
    const drawn = JSON.stringify([look.colours, look.isEditable]);
    if (this.drawn !== drawn) for (const number of [...this.shown.keys()]) this.drop(number);
    Object.assign(this, { drawn, look, family });
    this.known = this.measured(clusters).sort((a, b) => b.size - a.size || a.number - b.number);
    this.byNumber = new Map(this.known.map((label) => [label.number, label]));
    for (const [number, label] of this.shown) {
      if (this.byNumber.has(number)) this.showText(label, this.byNumber.get(number));
      else this.drop(number);
    }
    this.layout = null;
  }

  measured(clusters) {
    const texts = clusters.map((cluster) => [this.nameOf(cluster), shownNumber(cluster.size)]);
    const names = widthsOf(texts.map(([name]) => name.slice(0, LETTERS)), `600 13px ${this.family}`);
    const counts = widthsOf(texts.map(([, count]) => count), `12px ${this.family}`);
    return clusters.map((cluster, k) => {
      const [shownName, count] = texts[k];
      return { ...cluster, shownName, count, widths: [names[k], counts[k]] };
    });
  }

  // A name just given stands at once; if Python does not take it, the old one comes back.
  nameOf({ number, name }) {
    const given = this.renamed.get(number);
    if (given && given.before === name && performance.now() < given.until) return given.name || name;
    this.renamed.delete(number);
    return name;
  }

  rename(number, name) {
    const { name: before } = this.byNumber.get(number);
    this.renamed.set(number, { name, before, until: performance.now() + PATIENCE });
    this.on.rename(number, name);
    this.update(this.known, this.look);
    setTimeout(() => this.layer.isConnected && (this.update(this.known, this.look), this.on.moved()), PATIENCE + 50);
  }

  /** Show the labels that have room; `isOff` hides all of them. */
  place({ camera, mode, pictures, isOff, isFaded, reserved }) {
    this.layer.hidden = isOff;
    if (isOff) return;
    const seen = inView(this.boxesAt(camera, mode, pictures), camera, MOST, reserved);
    const held = [...this.shown.values()].filter((label) => label.isHeld);
    const wanted = new Set(seen.map(({ label }) => label.number));
    for (const number of [...this.shown.keys()]) {
      if (!wanted.has(number) && !held.some((label) => label.number === number)) this.drop(number);
    }
    this.moveSheet(camera);
    for (const { label: { number, isOpen }, left, top, pushed, opacity } of seen) {
      const label = this.shown.get(number) ?? this.add(number);
      label.setOpen(isOpen);
      label.place(this.onSheet(left, top, pushed), opacity);
      label.lean([left + camera.offsetX, top + camera.offsetY], camera);
      label.box.classList.toggle("faded", isFaded(number));
    }
    for (const label of held) if (!wanted.has(label.number)) this.keepInView(label, camera);
    this.setStop(this.shown.has(this.stop) ? this.stop : Number(this.sheet.firstChild?.dataset.cluster));
  }

  // The Tab key comes to one of them, the arrow keys go on from there.
  setStop(number) {
    this.stop = number;
    for (const label of this.shown.values()) label.setStop(label.number === number);
  }

  go(number, step) {
    const numbers = Array.from(this.sheet.children, (box) => Number(box.dataset.cluster));
    const at = numbers.indexOf(number) + step;
    this.setStop(numbers[Math.max(0, Math.min(numbers.length - 1, at))]);
    this.shown.get(this.stop).button.focus({ preventScroll: true });
  }

  boxesAt(camera, mode, pictures) {
    const { scale, width } = camera;
    // Where the map shows pictures itself, the labels leave the room to them.
    const hasFaces = mode === "dots" && Boolean(this.look.addressOf);
    const isNarrow = width < NARROW;
    const widest = isNarrow ? WIDEST_NARROW : WIDEST;
    const room = roomOf(camera);
    const key = `${scale}/${widest}/${hasFaces}/${pictures.width}/${Object.values(room)}`;
    if (this.layout?.key === key && this.layout.shown === pictures.shown) return this.layout.boxes;
    for (const label of this.known) {
      const [left, right, low, high] = label.box;
      label.isOpen = hasFaces && label.representatives.length > 0 && Math.min(right - left, high - low) * scale >= ROOMY;
      label.plate = Math.ceil(PLATE + Math.min(widest, label.widths[0]) + label.widths[1]);
      label.width = label.isOpen ? Math.max(label.plate, OPEN_WIDTH) : label.plate;
      label.height = HEIGHT + (label.isOpen ? FACES : 0);
    }
    this.layout = { key, shown: pictures.shown, boxes: placed(this.known, scale, boxesOf(pictures, scale), room) };
    return this.layout.boxes;
  }

  moveSheet({ offsetX, offsetY }) {
    this.layout.origin ??= [offsetX, offsetY];
    const [x, y] = [Math.round(offsetX - this.layout.origin[0]), Math.round(offsetY - this.layout.origin[1])];
    this.sheet.style.transform = `translate(${x}px, ${y}px)`;
  }

  // In whole pixels that stay the same while the map is moved.
  onSheet(left, top, pushed) {
    const [x, y] = this.layout.origin;
    return [Math.round(left + x) + Math.round(pushed[0]), Math.round(top + y) + Math.round(pushed[1])];
  }

  // One that is edited or has the focus stays, wherever its cluster is.
  keepInView(label, camera) {
    const { anchor, plate } = this.byNumber.get(label.number);
    const [left, top] = [anchor[0] * camera.scale - plate / 2, -anchor[1] * camera.scale - HEIGHT / 2];
    const at = [left + camera.offsetX, top + camera.offsetY];
    const pushed = [pushOf(at[0], camera.width - plate), pushOf(at[1], camera.height - HEIGHT)];
    label.place(this.onSheet(left, top, pushed), 1);
    label.lean([at[0] + pushed[0], at[1] + pushed[1]], camera);
  }

  add(number) {
    const known = this.byNumber.get(number);
    const label = new Label(number, this.words, {
      fly: () => this.on.fly(number),
      select: () => this.on.select(number),
      rename: this.look.isEditable ? (name) => this.rename(number, name) : null,
      go: (step) => this.go(number, step),
      moved: () => this.on.moved(),
    }, this.canvas);
    this.showText(label, known);
    this.shown.set(number, label);
    // In the order of the numbers, which is the order of the Tab key.
    const after = [...this.sheet.children].find((box) => Number(box.dataset.cluster) > number);
    this.sheet.insertBefore(label.box, after ?? null);
    return label;
  }

  showText(label, { shownName, count, number, representatives }) {
    const { addressOf } = this.look;
    label.setFaces(addressOf ? representatives.map(addressOf) : []);
    const chip = chipOf(number, number, this.look.colours);
    label.show({ name: shownName, count, chip, title: shownName.slice(0, 300) });
  }

  drop(number) {
    const label = this.shown.get(number);
    this.shown.delete(number);
    label.destroy();
  }

  destroy() {
    for (const number of [...this.shown.keys()]) this.drop(number);
    this.layer.remove();
  }
}

// What one sees when everything is shown, in pixels from the data's origin.
function roomOf({ scale, fitting, width, height }) {
  const times = scale / fitting.scale;
  const [left, top] = [-fitting.offsetX * times, -fitting.offsetY * times];
  return { left, top, right: left + width * times, low: top + height * times };
}

// Where pictures lie, in pixels from the data's origin.
function boxesOf({ shown, width, x, y }, scale) {
  return Array.from(shown, (i) => ({ left: x[i] * scale - width / 2, top: -y[i] * scale - width / 2, width, height: width }));
}
