/* The whole map, small, in a corner of the one that is zoomed in; a click or a drag on it moves the view. */

import { make } from "./dom.js";
import { packed, mixed } from "./theme.js";

const LONGEST = 148; // pixels
const SHORTEST = 56;
const NARROW = 512; // pixels of the map below which there is no room for it
const EDGE = 0.05; // share of its side left free round the points
const NOISE_INK = 0.45;
const CORNER = 8; // pixels to the corner of the map
const NEAR = 0.985; // of the extent in view: everything is shown

export class Minimap {
  /** `map` has the camera, pan(dx, dy) and zoom(factor, x, y). */
  constructor(stage, map) {
    this.map = map;
    // Not in the page: whoever looks for the map's canvas there finds one.
    this.canvas = make("canvas");
    this.frame = make("div", { class: "frame" });
    // Who uses the keyboard moves the map itself.
    this.box = make("div", { class: "minimap", "aria-hidden": "true" }, this.frame);
    this.box.hidden = true;
    stage.append(this.box);
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.box.addEventListener("pointerdown", (event) => this.down(event));
    this.box.addEventListener("pointermove", (event) => this.isHeld && this.go(event));
    for (const name of ["pointerup", "pointercancel"]) this.box.addEventListener(name, () => (this.isHeld = false));
    this.box.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  /** Draw the points anew: `paint` has one ink a point. */
  draw({ points, paint, theme, bounds }) {
    const [left, right, low, high] = bounds;
    const [width, height] = [right - left || 1, high - low || 1];
    const room = 1 - 2 * EDGE;
    this.scale = (LONGEST * room) / Math.max(width, height);
    const sides = [width, height].map((extent) => Math.max(SHORTEST, Math.round((extent * this.scale) / room)));
    this.offset = [sides[0] / 2 - ((left + right) / 2) * this.scale, sides[1] / 2 + ((low + high) / 2) * this.scale];
    [this.canvas.width, this.canvas.height] = sides;
    this.box.style.width = `${sides[0]}px`;
    this.box.style.height = `${sides[1]}px`;
    const image = this.context.createImageData(...sides);
    const buffer = new Uint32Array(image.data.buffer).fill(packed(theme.ground));
    const noise = packed(mixed(theme.ground, theme.text, NOISE_INK * 0.5));
    // In the order of the map: what is quiet there lies under the rest here too.
    for (const i of paint.order) {
      const at = Math.floor(this.offset[1] - points.y[i] * this.scale) * sides[0] + Math.floor(points.x[i] * this.scale + this.offset[0]);
      buffer[at] = points.colour[i] < 0 ? noise : paint.inks[i];
    }
    this.context.putImageData(image, 0, 0);
    this.box.style.backgroundImage = `url(${this.canvas.toDataURL()})`;
    this.bounds = bounds;
  }

  /** Return the box it takes of the map as {left, top, width, height}, null when it is hidden. */
  room(camera) {
    if (this.box.hidden) return null;
    const { width, height } = this.canvas;
    const [left, top] = [camera.width - width - 2 * CORNER, camera.height - height - 2 * CORNER - this.raised];
    return { left, top, width: width + 2 * CORNER, height: height + 2 * CORNER + this.raised };
  }

  /** Show which part the camera looks at, so far above the bottom; nothing where that is everything. */
  place(camera, raised) {
    this.box.hidden = !this.bounds || camera.width < NARROW || isWhole(camera, this.bounds);
    if (this.box.hidden) return;
    this.raised = raised;
    this.box.style.marginBottom = `${raised}px`;
    const { canvas, scale, offset } = this;
    const [left, top] = camera.toData(0, 0);
    const [right, low] = camera.toData(camera.width, camera.height);
    // Kept inside, and never so small that it cannot be seen.
    const span = (from, to, most) => {
      const [a, b] = [Math.max(0, Math.min(most - 4, from)), Math.max(4, Math.min(most, to))];
      return [a, Math.max(4, b - a)];
    };
    const [x, width] = span(left * scale + offset[0], right * scale + offset[0], canvas.width);
    const [y, height] = span(offset[1] - top * scale, offset[1] - low * scale, canvas.height);
    Object.assign(this.frame.style, { transform: `translate(${x}px, ${y}px)`, width: `${width}px`, height: `${height}px` });
  }

  down(event) {
    if (event.button > 0) return;
    event.preventDefault();
    this.isHeld = true;
    this.box.setPointerCapture(event.pointerId);
    this.go(event);
  }

  go(event) {
    const box = this.box.getBoundingClientRect();
    const { camera } = this.map;
    const x = (event.clientX - box.left - this.offset[0]) / this.scale;
    const y = (this.offset[1] - (event.clientY - box.top)) / this.scale;
    const [atX, atY] = camera.toScreen(x, y);
    this.map.pan(camera.width / 2 - atX, camera.height / 2 - atY);
  }

  wheel(event) {
    event.preventDefault();
    const { camera } = this.map;
    this.map.zoom(Math.exp(-Math.max(-400, Math.min(400, event.deltaY)) * 0.0018), camera.width / 2, camera.height / 2);
  }
}

function isWhole(camera, [left, right, low, high]) {
  const [x1, y1] = camera.toScreen(left, high);
  const [x2, y2] = camera.toScreen(right, low);
  const slackX = (1 - NEAR) * camera.width;
  const slackY = (1 - NEAR) * camera.height;
  return x1 >= -slackX && y1 >= -slackY && x2 <= camera.width + slackX && y2 <= camera.height + slackY;
}
