/* One map on the page: what it shows, and what it does when somebody touches it. */

import { Camera } from "./camera.js";
import { read } from "./data.js";
import { make } from "./dom.js";
import { boundsOf, insidePolygon, nearest, thinned } from "./geometry.js";
import { Gestures } from "./gestures.js";
import { Legend } from "./legend.js";
import { Flight, Travel, prefersStillness } from "./motion.js";
import { paintOf } from "./paint.js";
import { Pictures } from "./pictures.js";
import { Screen } from "./screen.js";
import { legible, rgbOf, themeOf } from "./theme.js";
import { Thumbnails } from "./thumbnails.js";
import { Toolbar } from "./toolbar.js";
import { TOOLTIP_SIDE, Tooltip } from "./tooltip.js";

const CORNERS = 300; // most corners of a selection that are sent to Python
const DIGITS = 7; // float32 has no more
const REACH = 10; // pixels from a point within which it is meant
const KEYBOARD_REACH = 80; // pixels round the middle within which the keyboard finds a picture
const SETTLED = 140; // ms without movement

// What a map looked like when its page was left, for when one comes back to it.
const memory = new Map();

export class MapView {
  constructor(root, options) {
    this.root = root;
    this.options = options;
    this.state = { tool: "pan", mode: options.mode, size: 40, ...memory.get(options.key)?.state };
    this.camera = new Camera();
    this.points = null;
    this.polygon = null; // in data space
    this.sketch = null; // the line being drawn, on the screen
    this.pointer = null;
    this.isByKeyboard = false;
    this.hovered = -1;
    this.movedAt = -Infinity;
    this.build(options.words);
    this.thumbnails = new Thumbnails(() => this.invalidate());
    this.pictures = new Pictures(this.thumbnails);
    this.gestures = new Gestures(this.canvas, this);
    this.watchSize();
    this.changed();
  }

  build(words) {
    const on = {
      change: () => this.changed(),
      closer: () => this.step(1.5),
      farther: () => this.step(1 / 1.5),
      fit: () => this.fit(),
      clear: () => this.escape(),
    };
    this.toolbar = new Toolbar(this.root, this.state, words, on);
    this.canvas = make("canvas", { tabindex: "0", role: "application", "aria-describedby": "keys" });
    this.message = make("p", { class: "message" }, words.empty);
    const keys = make("p", { id: "keys", class: "spoken" }, words.keys);
    this.stage = make("div", { class: "stage" }, this.canvas, this.message, keys);
    const beside = make("div", { class: "beside" }, this.stage);
    this.root.append(beside);
    this.tooltip = new Tooltip(this.stage);
    this.legend = new Legend(beside, () => this.repaint());
    this.screen = new Screen(this.canvas);
    this.canvas.addEventListener("blur", () => this.isByKeyboard && this.leave());
    this.canvas.barrxPixelOf = (i) => this.pixelOf(i);
  }

  changed() {
    this.canvas.classList.toggle("drawing", this.state.tool !== "pan");
    this.invalidate();
  }

  watchSize() {
    this.observer = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = this.stage;
      if (!clientWidth || !clientHeight) return;
      this.screen.resize(clientWidth, clientHeight);
      this.camera.resize(clientWidth, clientHeight);
      // At once: the browser has emptied the canvas.
      this.draw(performance.now());
    });
    this.observer.observe(this.stage);
  }

  destroy() {
    const { camera, state, polygon, options } = this;
    const view = camera.isFitted ? null : camera.view;
    memory.set(options.key, { arrangement: options.arrangement, view, state, polygon });
    cancelAnimationFrame(this.request);
    clearTimeout(this.settling);
    this.observer.disconnect();
    this.gestures.destroy();
    this.thumbnails.forget();
    this.root.replaceChildren();
  }

  // --- data -------------------------------------------------------------------------------------------------

  /** Take what Python sent: a new map, new colours, or nothing new. */
  update(data, send) {
    this.send = send;
    const before = this.points && { ...this.options, points: this.points };
    this.options = data.options;
    this.points = read(data);
    const { options, points } = this;
    this.thumbnails.setSource(options.token, options.collection);
    this.root.style.setProperty("--map-height", `${options.height}px`);
    this.root.classList.toggle("dimmed", options.dimmed);
    this.canvas.setAttribute("aria-label", options.alt);
    this.message.hidden = points.n > 0;
    this.theme = themeOf(this.root);
    this.root.style.colorScheme = this.theme.isDark ? "dark" : "light";
    const seen = (colour) => legible(rgbOf(colour), this.theme);
    this.colours = { palette: options.palette.map(seen), noise: seen(options.noise) };
    this.legend.update(options, this.colours, options.words);
    if (!before) this.begin();
    else if (before.arrangement !== options.arrangement) this.rearrange(before);
    else if (!this.travel) this.positions = points;
    this.repaint();
  }

  begin() {
    const { camera, options, points } = this;
    this.positions = points;
    camera.bounds = boundsOf(points.x, points.y);
    camera.fit();
    const last = memory.get(options.key);
    if (last?.arrangement !== options.arrangement) return;
    if (last.view) camera.move(last.view);
    if (last.polygon) this.select(last.polygon);
  }

  // Other coordinates: of the same pictures, which travel to their new places, or of another collection.
  rearrange(before) {
    const { camera, options, points } = this;
    const isSame = before.collection === options.collection && before.points.n === points.n;
    if (this.polygon) this.select(null);
    camera.bounds = boundsOf(points.x, points.y);
    this.flight = this.travel = null;
    const isMoving = isSame && !prefersStillness();
    if (isMoving) this.travel = new Travel(this.positions, points);
    if (isMoving && camera.isFitted) this.flight = Flight.alongside(camera.view, camera.fitting);
    else if (!isSame || camera.isFitted) camera.fit();
    this.positions = this.travel?.positions ?? points;
    this.leave();
  }

  /** Colour the points anew, and fade those that are not meant. */
  repaint() {
    if (!this.points) return;
    const bright = this.bright();
    this.paint = paintOf(this.points, this.colours, this.theme.ground, bright);
    this.pictures.setPoints(this.points, this.camera.bounds, bright, this.options.arrangement);
    this.toolbar.showClear(Boolean(this.polygon || this.legend.chosen.size));
    this.invalidate();
  }

  bright() {
    const { polygon, points } = this;
    const { chosen } = this.legend;
    const { selected } = this.options;
    if (!polygon && !chosen.size && selected.length < 2) return null;
    let bright = new Uint8Array(points.n);
    if (polygon) bright = insidePolygon(polygon, points.x, points.y);
    else if (chosen.size) bright.fill(1);
    else for (const i of selected) bright[i] = 1;
    if (chosen.size) for (let i = 0; i < points.n; i++) bright[i] &= chosen.has(points.colour[i]) ? 1 : 0;
    return bright;
  }

  // --- drawing ----------------------------------------------------------------------------------------------

  invalidate() {
    this.request ??= requestAnimationFrame((now) => this.draw(now));
  }

  moved() {
    this.movedAt = performance.now();
    this.invalidate();
  }

  draw(now) {
    cancelAnimationFrame(this.request);
    this.request = null;
    if (!this.points || !this.camera.width) return;
    if (this.screen.isStale) this.screen.resize(this.camera.width, this.camera.height);
    const isTravelling = this.advance(now);
    const isMoving = isTravelling || now - this.movedAt < SETTLED;
    const { camera, points, positions, paint, colours, theme, pictures, options, state } = this;
    const mode = options.token ? state.mode : "dots";
    const look = { paint, colours, theme, pictures, mode, size: state.size, marked: options.selected };
    const scene = { camera, points, positions, isMoving, ...look };
    this.screen.draw(scene);
    if (this.pointer && !this.gestures.drag && !isTravelling) this.point();
    this.screen.drawMarks(scene, this.marks());
    this.report(isTravelling);
    clearTimeout(this.settling);
    // Once more when all is still, with the better smoothing.
    if (isTravelling) this.invalidate();
    else if (isMoving) this.settling = setTimeout(() => this.invalidate(), SETTLED);
  }

  advance(now) {
    if (this.travel?.advance(now)) {
      this.travel = null;
      this.positions = this.points;
    }
    if (this.flight) {
      const [view, isLast] = this.flight.advance(now);
      this.camera.view = view;
      if (isLast) this.flight = null;
    }
    return Boolean(this.travel || this.flight);
  }

  marks() {
    const line = this.sketch ?? this.polygon?.map(([x, y]) => this.camera.toScreen(x, y));
    const rings = [...this.options.selected];
    if (this.hovered >= 0) rings.push(this.hovered);
    return { line, rings };
  }

  // For tests, and for whoever drives the page from outside: the revision comes last, once its map is drawn.
  report(isTravelling) {
    const { dataset } = this.canvas;
    dataset.points = this.points.n;
    dataset.pictures = this.pictures.drawn.length;
    dataset.view = JSON.stringify(this.camera.view);
    if (!isTravelling) dataset.revision = this.options.revision;
  }

  pixelOf(i) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = this.camera.toScreen(this.positions.x[i], this.positions.y[i]);
    return [box.left + x, box.top + y];
  }

  // --- what is under the pointer ----------------------------------------------------------------------------

  hit(x, y, reach) {
    const picture = this.pictures.at(x, y);
    if (picture >= 0) return picture;
    const { positions, camera } = this;
    return nearest(positions.x, positions.y, ...camera.toData(x, y), reach / camera.scale);
  }

  point() {
    this.hovered = this.hit(...this.pointer, this.isByKeyboard ? KEYBOARD_REACH : REACH);
    this.canvas.classList.toggle("over", this.hovered >= 0);
    if (this.hovered < 0) {
      this.tooltip.hide();
      return;
    }
    const { camera, hovered, options, points, positions, thumbnails } = this;
    const address = options.token && thumbnails.address(hovered, TOOLTIP_SIDE);
    const at = this.isByKeyboard ? camera.toScreen(positions.x[hovered], positions.y[hovered]) : this.pointer;
    this.tooltip.show(hovered, points, address, at, options.words.untitled);
    if (this.isByKeyboard) this.tooltip.speak();
  }

  hover(x, y) {
    this.isByKeyboard = false;
    this.pointer = [x, y];
    this.invalidate();
  }

  leave() {
    this.pointer = null;
    this.hovered = -1;
    this.isByKeyboard = false;
    this.tooltip.hide();
    this.invalidate();
  }

  click(x, y, reach) {
    const i = this.points ? this.hit(x, y, reach) : -1;
    if (i >= 0) this.send.click(i);
  }

  /** Open the picture under the pointer, or else the one nearest to the middle. */
  open() {
    const { camera, positions, hovered } = this;
    const middle = camera.toData(camera.width / 2, camera.height / 2);
    const i = hovered >= 0 ? hovered : nearest(positions.x, positions.y, ...middle, Infinity);
    if (i >= 0) this.send.click(i);
  }

  // --- camera -----------------------------------------------------------------------------------------------

  get tool() {
    return this.state.tool;
  }

  pan(dx, dy) {
    this.flight = null;
    this.leave();
    this.camera.pan(dx, dy);
    this.moved();
  }

  zoom(factor, x, y) {
    this.flight = null;
    this.camera.move(this.camera.zoomed(factor, x, y));
    this.moved();
  }

  fly(to, isFitted = false) {
    this.camera.isFitted = isFitted;
    this.flight = prefersStillness() ? null : new Flight(this.camera.view, to);
    if (!this.flight) this.camera.view = to;
    this.moved();
  }

  fit() {
    this.fly(this.camera.fitting, true);
  }

  step(factor) {
    const { camera } = this;
    this.fly(camera.zoomed(factor, camera.width / 2, camera.height / 2, this.flight?.to));
    this.pointAtMiddle();
  }

  glide(dx, dy) {
    const from = this.flight?.to ?? this.camera.view;
    this.fly({ ...from, offsetX: from.offsetX + dx, offsetY: from.offsetY + dy });
    this.pointAtMiddle();
  }

  // Who uses the keyboard points with the middle of the map.
  pointAtMiddle() {
    if (this.root.getRootNode().activeElement !== this.canvas) return;
    this.isByKeyboard = true;
    this.pointer = [this.camera.width / 2, this.camera.height / 2];
  }

  // --- selection --------------------------------------------------------------------------------------------

  /** Show the line that is being drawn, or none. */
  sketching(line) {
    this.sketch = line;
    this.leave();
  }

  /** Take a finished line as the selection. */
  sketched(line) {
    this.sketch = null;
    let corners = thinned(line, 2);
    for (let distance = 4; corners.length > CORNERS; distance *= 2) corners = thinned(line, distance);
    const rounded = corners.map((corner) => this.camera.toData(...corner).map((v) => Number(v.toPrecision(DIGITS))));
    this.select(rounded.length > 2 ? rounded : null);
    this.repaint();
  }

  select(polygon) {
    this.polygon = polygon;
    // With the map it was drawn on: on another one the same line means other pictures.
    this.send.select(polygon && { polygon, arrangement: this.options.arrangement });
  }

  /** Give up what is selected and what is brought out by the legend. */
  escape() {
    this.sketch = null;
    if (this.polygon) this.select(null);
    if (this.legend.chosen.size) this.legend.clear();
    this.repaint();
  }
}
