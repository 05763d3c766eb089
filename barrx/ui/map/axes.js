/* Ticks, headings and titles of an arrangement that has a meaning along x or y; they stay in view while it is moved. */

import { cssOf } from "./theme.js";

const SIZE = 12; // pixels of a letter
const GAP = 14; // pixels between two labels
const BAND = 24; // pixels of the strip that labels along x stand on
const WIDEST = 130; // pixels of a label
const HEADING = 220; // pixels of a heading
const LYING = 72; // pixels a heading that lies may be cut to
const LEAST = 13; // pixels from heading to heading, where they stand upright
const UPRIGHT = 200; // pixels of a heading that stands
const STANDING = 96; // pixels it may have though pictures lie under it
const TITLE = 260; // pixels of a title
const LETTERS = 80; // of a text, that are looked at
const STEP = 8; // pixels; a text is cut anew only when its room has changed by that

export const ABOVE = 70; // pixels left free over a map with headings

/** Return every how-many-th of some places can have a label of a width: the same ones wherever the map is moved. */
export function stride(places, widths, scale) {
  // 1, 2, 5, 10, 20, 50, ...: years stay round.
  for (let power = 1; ; power *= 10) {
    for (const step of [power, 2 * power, 5 * power]) {
      if (step >= places.length || isFree(places, widths, scale, step)) return step;
    }
  }
}

function isFree(places, widths, scale, step) {
  for (let k = step; k < places.length; k += step) {
    const apart = Math.abs(places[k] - places[k - step]) * scale;
    if (apart < (widths[k] + widths[k - step]) / 2 + GAP) return false;
  }
  return true;
}

/** Return as much of a text as fits into so many pixels. */
export function cutTo(context, text, room) {
  const letters = [...text.slice(0, 2 * LETTERS)].slice(0, LETTERS);
  const whole = letters.join("");
  if (whole.length === text.length && context.measureText(whole).width <= room) return whole;
  const cut = (n) => `${letters.slice(0, n).join("").trimEnd()}…`;
  let [low, high] = [0, letters.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (context.measureText(cut(middle)).width <= room) low = middle;
    else high = middle - 1;
  }
  return low ? cut(low) : "";
}

export class Axes {
  constructor() {
    this.axes = null;
    this.known = "null";
    this.texts = new Map();
    this.titles = new Map();
  }

  /** Take the axes of an arrangement, or null, and the family of the page's letters. */
  update(axes, family) {
    const known = JSON.stringify([axes, family]);
    if (known === this.known) return;
    Object.assign(this, { known, axes, family, headings: axes ? withRoom(axes.headings, axes.y?.end) : [] });
    this.texts.clear();
    this.titles.clear();
  }

  /** How many pixels at the bottom have texts of the x axis. */
  get bottom() {
    return this.axes?.x ? BAND : 0;
  }

  text(context, text, room) {
    const width = Math.floor(room / STEP) * STEP;
    const key = `${width} ${text}`;
    if (!this.texts.has(key)) this.texts.set(key, cutTo(context, text, width));
    return this.texts.get(key);
  }

  begin(context, ratio) {
    context.save();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.font = `${SIZE}px ${this.family}`;
    context.textBaseline = "middle";
  }

  /** Draw the lines behind the pictures. */
  drawLines(context, { camera, ratio, theme }) {
    const { axes } = this;
    if (!axes) return;
    this.begin(context, ratio);
    context.strokeStyle = cssOf(theme.text, 0.12);
    context.lineWidth = 1;
    context.beginPath();
    for (const { place } of this.alongXAt(context, camera)) {
      const x = Math.round(camera.toScreen(place, 0)[0]) + 0.5;
      if (x < 0 || x > camera.width) continue;
      context.moveTo(x, 0);
      context.lineTo(x, camera.height);
    }
    const end = this.endOfY(camera);
    for (const { place } of this.alongYAt(context, camera)) {
      const y = Math.round(camera.toScreen(0, place)[1]) + 0.5;
      if (y < 0 || y > camera.height || end < 0) continue;
      context.moveTo(0, y);
      context.lineTo(end, y);
    }
    context.stroke();
    context.restore();
  }

  /** Draw the texts, over everything else. */
  drawTexts(context, { camera, ratio, theme }) {
    const { axes } = this;
    if (!axes) return;
    this.begin(context, ratio);
    this.taken = []; // [left, top, bottom] of the headings: nothing at the left edge is drawn over one
    this.drawHeadings(context, camera, theme);
    if (axes.x) this.alongX(context, axes.x, camera, theme);
    if (axes.y) this.alongY(context, axes.y, camera, theme);
    context.restore();
  }

  // What stands on it is read over any picture.
  plate(context, theme, left, top, width, height) {
    context.fillStyle = cssOf(theme.ground, 0.9);
    context.fillRect(left, top, width, height);
    context.fillStyle = cssOf(theme.text, 0.9);
  }

  // A heading is over its part, and stays in view as long as that is.
  drawHeadings(context, camera, theme) {
    const { headings, axes } = this;
    const rooms = headings.map(({ half }) => Math.min(2 * half * camera.scale, HEADING) - GAP);
    const areLying = headings.every(({ text }, k) => rooms[k] >= LYING || this.isWhole(context, text, rooms[k]));
    const beside = axes.y?.title ? this.titleOf(context, axes.y.title).width + 2 * GAP : 0;
    context.textAlign = areLying ? "center" : "left";
    headings.forEach(({ x, y, text, half }, k) => {
      const [at, top] = camera.toScreen(x, y);
      const edge = camera.height - this.bottom;
      if (top > edge + BAND) return;
      const heading = { text, at, top: Math.min(top, edge) };
      if (areLying) this.lay(context, { ...heading, room: rooms[k] }, camera, theme);
      else if (2 * half * camera.scale >= LEAST) this.stand(context, { ...heading, beside }, camera, theme);
    });
  }

  lay(context, { text, at, top, room }, camera, theme) {
    const shown = this.text(context, text, room);
    const width = context.measureText(shown).width;
    if (at < -room / 2 || at > camera.width + room / 2 || !shown) return;
    // Kept in view, but not over its neighbour.
    const play = (room - width) / 2;
    const inView = Math.max(width / 2 + 6, Math.min(at, camera.width - width / 2 - 6));
    const middle = Math.max(at - play, Math.min(inView, at + play));
    const low = Math.max(BAND, top);
    this.heading(context, theme, middle - width / 2 - 4, low - BAND + 2, width + 8, BAND - 5);
    context.fillText(shown, middle, low - BAND / 2);
  }

  // Upwards from the part, as on the spine of a book.
  stand(context, { text, at, top, beside }, camera, theme) {
    if (at < -SIZE || at > camera.width + SIZE) return;
    const highest = at - SIZE / 2 < beside ? BAND + 4 : 4;
    const room = Math.max(STANDING, Math.min(top - highest - 6, UPRIGHT));
    const shown = this.text(context, text, room);
    const width = context.measureText(shown).width;
    const low = Math.max(highest + width + 6, top - 3);
    this.heading(context, theme, at - SIZE / 2 - 1, low - width - 6, SIZE + 2, width + 6);
    context.save();
    context.translate(at, low - 3);
    context.rotate(-Math.PI / 2);
    context.fillText(shown, 0, 0);
    context.restore();
  }

  heading(context, theme, left, top, width, height) {
    this.plate(context, theme, left, top, width, height);
    this.taken.push([left, top, top + height]);
  }

  isTaken(width, y) {
    return this.taken.some(([left, top, bottom]) => left < 12 + width && y + 10 > top && y - 10 < bottom);
  }

  isWhole(context, text, room) {
    return this.text(context, text, room) === text;
  }

  // The ticks that have room, each with its text and the width of that.
  alongXAt(context, camera) {
    const ticks = this.axes.x?.ticks ?? [];
    const known = ticks.map(([place, text]) => this.measured(context, place, text, WIDEST));
    const step = stride(known.map(({ place }) => place), known.map(({ width }) => width), camera.scale);
    return known.filter((_, k) => k % step === 0);
  }

  alongYAt(context, camera) {
    const ticks = this.axes.y?.ticks ?? [];
    const step = stride(ticks.map(([place]) => place), ticks.map(() => SIZE - 2), camera.scale);
    const room = Math.min(WIDEST, camera.width / 4);
    return ticks.filter((_, k) => k % step === 0).map(([place, text]) => this.measured(context, place, text, room));
  }

  // The pixel where the scale upwards ends: it would be untrue of what stands beyond.
  endOfY(camera) {
    const end = this.axes.y?.end ?? Infinity;
    return Math.min(camera.toScreen(end, 0)[0], camera.width);
  }

  measured(context, place, whole, room) {
    const text = this.text(context, whole, room);
    return { place, text, width: context.measureText(text).width };
  }

  alongX(context, { title, ticks }, camera, theme) {
    const top = camera.height - BAND;
    if (ticks.length) this.plate(context, theme, 0, top, camera.width, BAND);
    // Over the strip: in it, it would take the place of the first ticks.
    if (title) this.title(context, title, ticks.length ? top - 11 : top + BAND / 2 + 1, theme);
    context.textAlign = "center";
    for (const { place, text, width } of this.alongXAt(context, camera)) {
      const x = camera.toScreen(place, 0)[0];
      if (x < width / 2 + 2 || x > camera.width - width / 2 - 2) continue;
      context.fillRect(Math.round(x), top, 1, 4);
      context.fillText(text, x, top + BAND / 2 + 2);
    }
  }

  alongY(context, { title }, camera, theme) {
    const lowest = camera.height - (this.axes.x ? 2 * BAND : 0) - 10;
    const known = title ? this.titleOf(context, title).width : 0;
    if (this.endOfY(camera) < known) return;
    // Under the headings, where one is in its place.
    const highest = this.isTaken(known, 14) ? 14 + BAND : 14;
    context.textAlign = "left";
    for (const { place, text, width } of this.alongYAt(context, camera)) {
      const y = camera.toScreen(0, place)[1];
      if (y < (title ? highest + 22 : 12) || y > lowest || this.isTaken(width, y)) continue;
      this.plate(context, theme, 4, y - 9, width + 8, 18);
      context.fillText(text, 8, y + 1);
    }
    if (title && !this.isTaken(known, highest)) this.title(context, title, highest, theme);
  }

  // At the left edge.
  title(context, title, y, theme) {
    const { text, width } = this.titleOf(context, title);
    this.plate(context, theme, 4, y - 10, width + 8, 20);
    context.save();
    context.font = this.bold;
    context.textAlign = "left";
    context.fillText(text, 8, y + 1);
    context.restore();
  }

  // Measured once: another font takes longer than the rest of a frame's texts.
  titleOf(context, title) {
    if (!this.titles.has(title)) {
      context.save();
      context.font = this.bold;
      const text = this.text(context, title, TITLE);
      this.titles.set(title, { text, width: context.measureText(text).width });
      context.restore();
    }
    return this.titles.get(title);
  }

  get bold() {
    return `600 ${SIZE}px ${this.family}`;
  }
}

// Headings side by side share the room between them, whatever their height; that of a part which stands apart begins
// where the scale upwards ends. `half` is in units of the data.
function withRoom(headings, end) {
  const halfOf = (x) => (x > (end ?? Infinity) ? x - end : Infinity);
  const columns = headings.map(([x, y, text]) => ({ x, y, text, half: halfOf(x) })).sort((a, b) => a.x - b.x);
  columns.slice(1).forEach((column, k) => {
    const half = (column.x - columns[k].x) / 2;
    if (!half) return;
    column.half = Math.min(column.half, half);
    columns[k].half = Math.min(columns[k].half, half);
  });
  return columns;
}
