/* A map as small as a stamp: coloured dots on a canvas, drawn when it comes into view. */

import { load } from "../map/data.js";
import { rgbOf } from "../map/theme.js";

const MARGIN = 0.06; // of each side
const NOISE_OPACITY = 0.45;

const stamps = new WeakMap();
const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const stamp = stamps.get(target);
    stamp.isSeen = isIntersecting;
    if (isIntersecting) stamp.draw();
  }
}, { rootMargin: "300px" });
const sized = new ResizeObserver((entries) => {
  for (const { target } of entries) stamps.get(target).draw();
});

export class Stamp {
  constructor(canvas) {
    this.canvas = canvas;
    this.isSeen = false;
    stamps.set(canvas, this);
    seen.observe(canvas);
    sized.observe(canvas);
  }

  update(card, look) {
    this.columns = { x: card.places, colour: card.colours };
    this.look = look;
    if (this.isSeen) this.draw();
  }

  remove() {
    seen.unobserve(this.canvas);
    sized.unobserve(this.canvas);
  }

  async draw() {
    const { canvas, columns, look } = this;
    const width = Math.round(canvas.clientWidth * devicePixelRatio);
    const height = Math.round(canvas.clientHeight * devicePixelRatio);
    if (!this.isSeen || !width || !height) return;
    const drawn = [columns.x.name, columns.colour.name, look.palette, width, height].join();
    if (drawn === this.drawn) return;
    const points = await load(columns);
    if (columns !== this.columns || !points) return;
    this.drawn = drawn;
    canvas.width = width;
    canvas.height = height;
    paint(canvas.getContext("2d"), points, look);
    canvas.dataset.drawn = points.colour.length;
  }
}

function boxOf(places) {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < places.length; i += 2) {
    left = Math.min(left, places[i]);
    right = Math.max(right, places[i]);
    low = Math.min(low, places[i + 1]);
    high = Math.max(high, places[i + 1]);
  }
  return { left, low, width: Math.max(1, right - left), height: Math.max(1, high - low) };
}

function paint(context, { x: places, colour }, look) {
  const { width, height } = context.canvas;
  const n = colour.length;
  const box = boxOf(places);
  const room = 1 - 2 * MARGIN;
  const scale = Math.min((width * room) / box.width, (height * room) / box.height);
  const [left, bottom] = [(width - scale * box.width) / 2, (height + scale * box.height) / 2];
  const side = Math.min(width, height);
  const radius = Math.max(0.8 * devicePixelRatio, Math.min(2.6 * devicePixelRatio, (side * 0.36) / Math.sqrt(n)));
  const byColour = new Map();
  for (let i = 0; i < n; i++) {
    if (!byColour.has(colour[i])) byColour.set(colour[i], []);
    byColour.get(colour[i]).push(i);
  }
  // Noise lies below: it is what the clusters stand out from; then the rest of the categories, which is last of all.
  const below = (index) => (index < 0 ? -Infinity : -index);
  for (const [index, dots] of [...byColour].sort(([a], [b]) => below(a) - below(b))) {
    const rgb = rgbOf(index < 0 ? look.noise : look.palette[index % look.palette.length]);
    context.fillStyle = `rgba(${rgb.join()}, ${index < 0 ? NOISE_OPACITY : 0.9})`;
    context.beginPath();
    for (const i of dots) {
      const [cx, cy] = [left + (places[2 * i] - box.left) * scale, bottom - (places[2 * i + 1] - box.low) * scale];
      context.moveTo(cx + radius, cy);
      context.arc(cx, cy, radius, 0, 2 * Math.PI);
    }
    context.fill();
  }
}
