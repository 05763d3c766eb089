/* One map on the page: what it shows, and what it does when somebody touches it. */

import { ABOVE } from "./axes.js";
import { Camera } from "./camera.js";
import { load, recall } from "./data.js";
import { make } from "./dom.js";
import { drawn } from "./drawn.js";
import { boundsOf, insidePolygon } from "./geometry.js";
import { Gestures } from "./gestures.js";
import { join, leave } from "./linked.js";
import { Marks } from "./marks.js";
import { Flight, Travel, prefersStillness } from "./motion.js";
import { Navigation } from "./navigation.js";
import { shownNumber } from "./numbers.js";
import { paintOf } from "./paint.js";
import { Pictures } from "./pictures.js";
import { Pointer } from "./pointer.js";
import { Rows } from "./rows.js";
import { Screen } from "./screen.js";
import { Search } from "./search.js";
import { Selection } from "./selection.js";
import { legible, rgbOf, themeOf } from "./theme.js";
import { Thumbnails } from "./thumbnails.js";
import { STYLE, Toolbar, styleOf, textOf } from "./toolbar.js";

const SETTLED = 140; // ms without movement
const CALM = 300; // ms after the last change of the style, until it is told
const KEPT = 0.3; // of the pictures in view: with fewer left after a change of places, everything is shown

// What a map looked like when its page was left, for when one comes back to it.
const memory = new Map();

export class MapView {
  constructor(root, options) {
    this.root = root;
    this.options = options;
    this.state = { tool: "pan", isAdding: false, ...memory.get(options.key)?.state };
    this.camera = new Camera();
    this.points = null;
    this.visible = null; // (n,) 0 for points that are hidden; null when none is
    this.choosable = null; // (n,) 0 for points that do not pass the filters or are hidden; null when none is
    this.sketch = null; // the line being drawn, on the screen
    this.movedAt = -Infinity;
    this.companion = -1; // what is pointed at on another map of the same collection
    this.turn = 0; // counts what Python sent
    this.selection = new Selection(() => this.tellSelection());
    this.navigation = new Navigation(this.camera, this, (place) => this.tellCamera(place));
    this.adoptStyle(options);
    this.build(options.words);
    this.thumbnails = new Thumbnails(() => this.invalidate());
    this.pictures = new Pictures(this.thumbnails);
    this.rows = new Rows(() => this.invalidate());
    this.gestures = new Gestures(this.canvas, this);
    this.watchSize();
    join(this);
    this.changed();
  }

  build(words) {
    const on = {
      change: (field) => this.changed(field),
      closer: () => this.navigation.step(1.5),
      farther: () => this.navigation.step(1 / 1.5),
      fit: () => this.navigation.fit(),
      clear: () => this.escape(),
    };
    this.search = new Search(words, (text) => this.send.query(text));
    this.toolbar = new Toolbar(this.root, this.state, words, on, this.search.box);
    this.canvas = make("canvas", { tabindex: "0", role: "application", "aria-describedby": "keys" });
    this.message = make("p", { class: "message" }, words.empty);
    const keys = make("p", { id: "keys", class: "spoken" }, words.keys);
    this.stage = make("div", { class: "stage" }, this.canvas, this.message, keys);
    const beside = make("div", { class: "beside" }, this.stage);
    this.root.append(beside);
    this.pointer = new Pointer(this, this.stage);
    this.marks = new Marks(this, beside, words);
    this.legend = this.marks.legend;
    this.screen = new Screen(this.canvas);
    this.canvas.addEventListener("blur", () => this.left());
    this.canvas.barrxPixelOf = (i) => this.pixelOf(i);
  }

  changed(field) {
    if (field === "noise" && this.points) {
      this.filter();
      this.repaint();
    }
    this.canvas.classList.toggle("drawing", this.state.tool !== "pan");
    this.invalidate();
    if (STYLE.includes(field)) this.tellStyle();
  }

  // What the page has decided counts once, and then what the user does.
  adoptStyle({ style, style_revision: revision }) {
    if (this.state.styled === revision) return;
    Object.assign(this.state, styleOf(style), { styled: revision });
    this.toolbar?.show();
  }

  tellStyle() {
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.send.style(textOf(this.state)), CALM);
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
    const { camera, state, selection, options } = this;
    const view = camera.isFitted ? null : camera.view;
    const { arrangement, collection } = options;
    const { looked, focused, renaming, search } = this;
    const typed = search.pending;
    memory.set(options.key, { arrangement, collection, view, looked, focused, renaming, typed, state, selection: selection.state });
    this.turn++;
    leave(this);
    cancelAnimationFrame(this.request);
    clearTimeout(this.settling);
    clearTimeout(this.telling);
    this.observer.disconnect();
    this.gestures.destroy();
    this.navigation.destroy();
    this.search.destroy();
    this.thumbnails.forget();
    this.rows.forget();
    this.marks.destroy();
    this.root.replaceChildren();
  }

  // --- data -------------------------------------------------------------------------------------------------

  /** Take what Python sent: a new map, new colours, or nothing new. */
  update({ columns, options }, send) {
    this.send = send;
    const turn = ++this.turn;
    this.root.style.setProperty("--map-height", `${options.height}px`);
    // The old map is the old one until the new one is drawn.
    if (options.dimmed) this.dim(true);
    this.failure?.remove();
    const points = recall(columns);
    if (points) this.take(points, options);
    else {
      load(columns).then(
        // Something newer may have come meanwhile.
        (loaded) => turn === this.turn && this.take(loaded, options),
        () => turn === this.turn && this.fail({ columns, options }),
      );
    }
  }

  // The page's thin line stays as long as the map says that it waits: see style.css.
  dim(isOld) {
    this.root.classList.toggle("dimmed", isOld);
    this.root.getRootNode().host?.toggleAttribute("data-waits", isOld);
  }

  fail(data) {
    const { words } = data.options;
    const again = make("button", { type: "button" }, words.again);
    again.addEventListener("click", () => this.update(data, this.send));
    this.failure = make("div", { class: "failed", role: "alert" }, make("p", {}, words.failed), again);
    this.stage.append(this.failure);
  }

  take(points, options) {
    const before = this.points && { ...this.options, points: this.points };
    Object.assign(this, { options, points });
    this.dim(options.dimmed);
    this.thumbnails.setSource(options.token, options.collection);
    this.rows.setSource(options.token, options.collection);
    this.canvas.setAttribute("aria-label", options.alt);
    this.message.hidden = points.n > 0;
    this.takeColours();
    this.adoptStyle(options);
    if (before && before.collection !== options.collection) this.selection.forget();
    if (!before) this.begin();
    else if (before.arrangement !== options.arrangement) this.rearrange(before);
    else if (!this.travel) this.positions = points;
    this.selection.adopt(options, points);
    if (this.renaming && !this.isUnheard(this.renaming)) this.renaming = null;
    this.marks.update();
    this.filter();
    this.focus();
    this.repaint();
  }

  takeColours() {
    const { options } = this;
    this.theme = themeOf(this.root);
    this.root.style.colorScheme = this.theme.isDark ? "dark" : "light";
    const seen = (colour) => legible(rgbOf(colour), this.theme);
    this.colours = { palette: options.palette.map(seen), noise: seen(options.noise) };
  }

  begin() {
    const { camera, options, points, selection } = this;
    this.positions = points;
    this.focused = options.focus?.revision;
    this.looked = options.camera_revision;
    this.frame();
    camera.fit();
    const last = memory.get(options.key);
    if (last?.collection === options.collection) selection.state = last.selection;
    const isLast = last?.arrangement === options.arrangement && last.looked === this.looked;
    if (options.focus && options.focus.revision !== last?.focused) this.beginAt(options.focus.box);
    else if (isLast && last.view) {
      camera.move(last.view);
      this.navigation.tellUnlessAt(options.camera);
    } else if (options.camera) camera.lookAt(options.camera);
    if (last && textOf(this.state) !== textOf(styleOf(options.style))) this.tellStyle();
    if (last?.arrangement !== options.arrangement) selection.outline = null;
    if (last?.collection === options.collection) this.tellAgain(last);
    // Streamlit has forgotten what the map told when it left the page.
    if (selection.mask && selection.revision === options.selection_revision) this.tellSelection();
  }

  // What was told, or was about to be, in the moment in which the page was left: Python may not have heard of it.
  tellAgain({ renaming, typed }) {
    if (typed?.before === this.options.query) this.search.type(typed.text);
    if (renaming && this.isUnheard(renaming)) this.send.rename(renaming.label, renaming.name);
  }

  rename(label, name) {
    const { clusters, revision } = this.options;
    this.renaming = { label, name, revision, before: clusters.find((mark) => mark.label === label)?.name };
    this.send.rename(label, name);
  }

  isUnheard({ label, revision, before }) {
    const { clusters, revision: now } = this.options;
    return revision === now && clusters.some((mark) => mark.label === label && mark.name === before);
  }

  // There is nothing to fly over yet. The size of the map may not be known either: the camera looks again once it is.
  beginAt(box) {
    this.camera.lookAt(box);
    this.navigation.byUser();
  }

  // What the camera has to show.
  frame() {
    const { camera, options, points } = this;
    camera.bounds = boundsOf(points.x, points.y);
    camera.above = options.axes?.headings.length ? ABOVE : 0;
  }

  // Other coordinates: of the same pictures, which travel to their new places, or of another collection.
  rearrange(before) {
    const { camera, options, points, navigation } = this;
    const isSame = before.collection === options.collection;
    // The line was drawn on another map; what it selected stays selected.
    this.selection.outline = null;
    const inView = isSame && !camera.isFitted ? [...this.positions.x.keys()].filter((i) => camera.shows(this.positions, i)) : [];
    this.frame();
    navigation.flight = this.travel = null;
    navigation.visited = -1;
    const isMoving = isSame && !prefersStillness();
    const kept = inView.filter((i) => camera.shows(points, i));
    const isLost = kept.length < KEPT * inView.length;
    if (isMoving) this.travel = new Travel(this.positions, points);
    if (isMoving && (camera.isFitted || isLost)) {
      camera.isFitted = true;
      navigation.flight = Flight.alongside(camera.view, camera.fitting);
    } else if (!isSame || camera.isFitted || isLost) camera.fit();
    this.positions = this.travel?.positions ?? points;
    this.pointer.leave();
    // What one looks at is another place on this map: a link must say the new one.
    if (options.camera || !camera.isFitted) navigation.retell();
  }

  filter() {
    const { options, points, search, state } = this;
    const { shown } = points;
    this.visible = options.hide_filtered ? (shown ?? null) : null;
    if (!state.noise) {
      const { visible } = this;
      this.visible = Uint8Array.from(points.cluster, (label, i) => (label >= 0 && (!visible || visible[i]) ? 1 : 0));
    }
    const { visible } = this;
    this.choosable = visible && shown ? shown.map((flag, i) => (visible[i] ? flag : 0)) : (visible ?? shown ?? null);
    this.passing = shown ? shown.reduce((sum, flag) => sum + flag, 0) : points.n;
    search.update(options, this.passing, points.n);
  }

  focus() {
    const { focus, camera, camera_revision } = this.options;
    if (camera_revision !== this.looked) {
      this.looked = camera_revision;
      this.navigation.flyToPlace(camera);
    }
    if (!focus || focus.revision === this.focused) return;
    this.focused = focus.revision;
    this.navigation.flyTo(focus.box);
    // A link must say where it went.
    this.navigation.byUser();
  }

  /** Colour the points anew, and fade those that are not meant. */
  repaint() {
    if (!this.points) return;
    const light = { bright: this.bright(), visible: this.visible };
    this.paint = paintOf(this.points, this.colours, this.theme.ground, light);
    this.pictures.setPoints(this.points, this.camera.bounds, light, this.options.arrangement);
    this.marks.repaint(light.bright);
    this.toolbar.showClear(Boolean(this.selection.mask || this.legend.hasChosen));
    this.invalidate();
  }

  // What passes the filters and is selected or has a colour that is brought out; null if that is all.
  bright() {
    const { points, selection, legend } = this;
    const { mask } = selection;
    const { shown, n } = points;
    if (!mask && !legend.hasChosen) return shown ?? null;
    const bright = new Uint8Array(n);
    for (let i = 0; i < n; i++) {
      const isMeant = mask?.[i] || (legend.hasChosen && legend.bringsOut(points, i));
      bright[i] = isMeant && (!shown || shown[i]) ? 1 : 0;
    }
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
    const look = { paint, colours, theme, pictures, mode, size: state.size, marked: options.marked };
    const placed = { pitch: options.pitch, isPiled: Boolean(options.pitch && options.axes?.y) };
    const scene = { camera, points, positions, isMoving, ...placed, ...look };
    const isUnfinished = this.screen.draw(scene, () => this.marks.drawUnder(scene));
    if (this.pointer.place && !this.gestures.drag && !isTravelling) this.pointer.point();
    this.screen.drawMarks(scene, this.drawnOver());
    this.marks.drawOver(scene);
    this.report(isTravelling);
    clearTimeout(this.settling);
    // Once more when all is still, with the better smoothing.
    if (isTravelling || isUnfinished) this.invalidate();
    else if (isMoving) this.settling = setTimeout(() => this.invalidate(), SETTLED);
  }

  // Whether points or camera are under way.
  advance(now) {
    if (this.travel?.advance(now)) {
      this.travel = null;
      this.positions = this.points;
    }
    this.navigation.advance(now);
    return Boolean(this.travel || this.navigation.flight);
  }

  drawnOver() {
    const { camera, options, pointer, selection, sketch } = this;
    const line = sketch ?? selection.outline?.corners.map(([x, y]) => camera.toScreen(x, y));
    const rings = [...options.marked, ...[pointer.hovered, this.companion].filter((i) => i >= 0 && i < this.points.n)];
    return { line, rings, links: options.lines };
  }

  // For tests, and for whoever drives the page from outside: the revision comes last, once its map is drawn.
  report(isTravelling) {
    const { dataset } = this.canvas;
    dataset.points = this.points.n;
    dataset.pictures = this.pictures.drawn.length;
    dataset.shown = this.passing;
    dataset.selected = this.selection.count;
    dataset.companion = this.companion;
    dataset.view = JSON.stringify(this.camera.view);
    if (!isTravelling) dataset.revision = this.options.revision;
  }

  pixelOf(i) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = this.camera.toScreen(this.positions.x[i], this.positions.y[i]);
    return [box.left + x, box.top + y];
  }

  // --- what gestures ask for --------------------------------------------------------------------------------

  tool() {
    return this.state.tool;
  }

  isAdding() {
    return this.state.isAdding && this.state.tool !== "pan";
  }

  leave() {
    this.pointer.leave();
  }

  left() {
    this.navigation.visited = -1;
    this.navigation.isLeaving = false;
    if (this.pointer.isByKeyboard) this.pointer.leave();
  }

  pointAtMiddle() {
    this.pointer.pointAtMiddle();
  }

  /** Fly to the next cluster and say its name; return whether there is one. */
  visit(step) {
    if (!this.points) return false;
    const cluster = this.navigation.visit(step, this.options.clusters, this.points);
    if (!cluster) return false;
    this.pointer.leave();
    const { visited } = this.options.words;
    const said = visited.replace("{name}", () => cluster.name).replace("{n}", shownNumber(cluster.size));
    this.pointer.tooltip.announce(said);
    return true;
  }

  // --- selection --------------------------------------------------------------------------------------------

  /** Show the line that is being drawn, or none. */
  sketching(line) {
    this.sketch = line;
    this.pointer.leave();
  }

  /** Take a finished line as the selection, or add what is inside. */
  sketched(line, isAdding) {
    this.sketch = null;
    this.invalidate();
    const outline = this.points && drawn(line, (x, y) => this.camera.toData(x, y));
    if (!outline) return;
    const inside = insidePolygon(outline.corners, this.points.x, this.points.y);
    this.choose((i) => inside[i], isAdding, outline);
  }

  choose(test, isAdding, outline) {
    this.selection.choose(this.points.n, (i) => (!this.choosable || this.choosable[i]) && test(i), isAdding, outline);
  }

  /** Add a picture to the selection, or take it out. */
  toggle(i) {
    const { choosable, selection, points } = this;
    if (!choosable || choosable[i] || selection.mask?.[i]) selection.toggle(points.n, i);
  }

  /** Select all pictures of an entry of the legend: those with a value as their "colour", or as their "other". */
  selectEntry(role, value, isAdding = false) {
    if (role === "colour" && this.marks.isByCluster) this.selectCluster(value, isAdding);
    else this.choose((i) => this.points[role][i] === value, isAdding);
  }

  /** Select all pictures of a cluster; -1 is the noise. */
  selectCluster(label, isAdding = false) {
    // Who asks for the noise wants to see it.
    if (label < 0 && !this.state.noise) this.toolbar.set("noise", true);
    this.choose((i) => this.points.cluster[i] === label, isAdding);
  }

  tellSelection() {
    this.send.select(this.selection.sent(this.options.collection));
    this.repaint();
  }

  broughtOut() {
    this.send.legend(this.legend.told);
    this.repaint();
  }

  tellCamera(camera) {
    this.send.camera({ camera, arrangement: this.options.arrangement });
  }

  /** Give up what is selected and what is brought out by the legend. */
  escape() {
    this.sketch = null;
    this.navigation.isLeaving = true;
    this.selection.clear();
    if (this.legend.hasChosen) this.legend.clear();
    this.repaint();
  }
}
