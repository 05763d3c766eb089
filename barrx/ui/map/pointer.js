/* What is under the pointer: the tooltip, and opening a picture or taking it into the selection. */

import { nearest } from "./geometry.js";
import * as linked from "./linked.js";
import { TOOLTIP_SIDE, Tooltip } from "./tooltip.js";

const REACH = 10; // pixels from a point within which it is meant
const KEYBOARD_REACH = 80; // pixels round the middle within which the keyboard finds a picture
const AROUND = 150; // pixels round the pointer in which texts are fetched ahead

/** `view` is the map view: its camera, points, positions, visible, pictures, rows, options and send are read. */
export class Pointer {
  constructor(view, stage) {
    this.view = view;
    this.tooltip = new Tooltip(stage);
    this.place = null; // on the screen
    this.hovered = -1;
    this.isByKeyboard = false;
    this.before = null; // the picture that was open before the last click, -1 if none was; null if that opened nothing
  }

  hit(x, y, reach) {
    const { pictures, positions, camera, visible } = this.view;
    const picture = pictures.at(x, y);
    if (picture >= 0) return picture;
    return nearest(positions.x, positions.y, ...camera.toData(x, y), reach / camera.scale, visible);
  }

  /** Find what is under the pointer and say what is known about it. */
  point() {
    const { view, tooltip } = this;
    this.hovered = this.hit(...this.place, this.isByKeyboard ? KEYBOARD_REACH : REACH);
    linked.point(view, this.hovered);
    view.canvas.classList.toggle("over", this.hovered >= 0);
    if (this.hovered < 0) {
      tooltip.hide();
      return;
    }
    const { camera, options, positions, thumbnails } = view;
    const address = options.token && thumbnails.address(this.hovered, TOOLTIP_SIDE);
    const at = this.isByKeyboard ? camera.toScreen(positions.x[this.hovered], positions.y[this.hovered]) : this.place;
    tooltip.show(this.hovered, this.texts(this.hovered), address, at);
    if (this.isByKeyboard && (view.rows.get(this.hovered) || !options.token)) tooltip.speak();
  }

  // Title, creator, date, what the colour means, cluster; "" for what is not known, or not yet.
  texts(i) {
    const { rows, options, points } = this.view;
    const row = rows.get(i);
    if (!row) rows.want([i, ...this.around()]);
    const title = row || !options.token ? row?.title || options.words.untitled : "";
    const known = [title, row?.creator ?? "", row?.date ?? ""];
    return [...known, this.colourOf(points, i, known), this.clusterOf(points.cluster[i])];
  }

  // What no other line says.
  colourOf(points, i, said) {
    const { marks, options } = this.view;
    const meaning = marks.isByCluster ? "" : marks.legend.meaningOf(points, i);
    return meaning && !said.includes(meaning) ? `${options.legend_title}: ${meaning}` : "";
  }

  clusterOf(label) {
    const { clusters, words } = this.view.options;
    if (!clusters.length) return "";
    return label < 0 ? words.noise : (clusters.find((cluster) => cluster.label === label)?.name ?? "");
  }

  // Where the pointer may go next.
  around() {
    const [x, y] = this.place;
    const near = this.view.pictures.drawn
      .map(({ i, left, top, width, height }) => [i, Math.hypot(left + width / 2 - x, top + height / 2 - y)])
      .filter(([, distance]) => distance < AROUND);
    return near.sort((a, b) => a[1] - b[1]).map(([i]) => i);
  }

  hover(x, y) {
    this.isByKeyboard = false;
    this.place = [x, y];
    this.view.invalidate();
  }

  leave() {
    this.place = null;
    this.hovered = -1;
    this.isByKeyboard = false;
    linked.point(this.view, -1);
    this.tooltip.hide();
    this.view.invalidate();
  }

  /** Who uses the keyboard points with the middle of the map. */
  pointAtMiddle() {
    const { root, canvas, camera } = this.view;
    if (root.getRootNode().activeElement !== canvas) return;
    this.isByKeyboard = true;
    this.place = [camera.width / 2, camera.height / 2];
  }

  click(x, y, reach) {
    const { points, options, send } = this.view;
    const i = points ? this.hit(x, y, reach) : -1;
    this.before = i >= 0 ? (options.marked[0] ?? -1) : null;
    if (i >= 0) send.click(i);
  }

  /** Open what was open before the last click. */
  takeBack() {
    if (this.before !== null) this.view.send.click(this.before);
    this.before = null;
  }

  /** Take the picture at a place into the selection, or out of it. */
  pick(x, y, reach) {
    this.before = null;
    const i = this.view.points ? this.hit(x, y, reach) : -1;
    if (i >= 0) this.view.toggle(i);
  }

  /** The picture under the pointer, or else the one nearest to the middle; -1 if there is none. */
  get meant() {
    const { camera, positions, visible } = this.view;
    const middle = camera.toData(camera.width / 2, camera.height / 2);
    return this.hovered >= 0 ? this.hovered : nearest(positions.x, positions.y, ...middle, Infinity, visible);
  }

  open() {
    const i = this.meant;
    if (i >= 0) this.view.send.click(i);
  }

  /** Take it into the selection, or out of it. */
  toggle() {
    const i = this.meant;
    if (i >= 0) this.view.toggle(i);
  }
}
