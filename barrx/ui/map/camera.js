/* Where the view looks: screen x = data x * scale + offsetX, screen y = offsetY - data y * scale, in CSS pixels. */

const MARGIN = 0.07; // of the shorter side, so that pictures at the edge are not cut
const FARTHEST = 0.4; // times the scale that fits
const CLOSEST = 5000;
const CLOSEST_FLIGHT = 40; // times the scale that fits: a single picture is shown with what lies round it

export class Camera {
  constructor() {
    this.width = 0;
    this.height = 0;
    this.bounds = [0, 0, 0, 0];
    this.above = 0; // pixels to be left free over what is shown
    this.scale = 1;
    this.offsetX = 0;
    this.offsetY = 0;
    this.isFitted = true;
    this.sought = null; // the place one was sent to: looked at anew in every size, until one goes elsewhere
  }

  /** The view that shows everything. */
  get fitting() {
    return this.viewOf(this.bounds, this.above);
  }

  /** The view that shows a box, [left, right, low, high], with some room round it. */
  fittingOf(box) {
    const { scale } = this.viewOf(box);
    const bounded = Math.min(scale, this.fitting.scale * CLOSEST_FLIGHT);
    return this.viewAt((box[0] + box[1]) / 2, (box[2] + box[3]) / 2, bounded);
  }

  viewAt(x, y, scale) {
    return { scale, offsetX: this.width / 2 - x * scale, offsetY: this.height / 2 + y * scale };
  }

  viewOf([left, right, low, high], above = 0) {
    const room = 1 - 2 * MARGIN;
    // A single point, or many at one place, have no extent: any scale shows them.
    const scale = Math.min(
      (room * this.width) / Math.max(right - left, 1e-6),
      (room * this.height - above) / Math.max(high - low, 1e-6),
    );
    const bounded = right - left || high - low ? scale : Math.min(this.width, this.height) / 2;
    const view = this.viewAt((left + right) / 2, (low + high) / 2, bounded);
    return { ...view, offsetY: view.offsetY + above / 2 };
  }

  /** Where a view looks as [x, y, zoom]: the middle in the coordinates of the map; zoom 1 shows everything. */
  placeOf({ scale, offsetX, offsetY }) {
    return [(this.width / 2 - offsetX) / scale, (offsetY - this.height / 2) / scale, scale / this.fitting.scale];
  }

  viewOfPlace([x, y, zoom]) {
    return this.viewAt(x, y, this.bounded(this.fitting.scale * zoom));
  }

  /** Look at a place, [x, y, zoom], or at a box, [left, right, low, high]. */
  lookAt(place) {
    this.isFitted = false;
    if (this.width) this.view = place.length === 4 ? this.fittingOf(place) : this.viewOfPlace(place);
    this.sought = place;
  }

  /** How far one has zoomed in, 1 when everything is shown. */
  get zoom() {
    return this.scale / this.fitting.scale;
  }

  get view() {
    return { scale: this.scale, offsetX: this.offsetX, offsetY: this.offsetY };
  }

  set view({ scale, offsetX, offsetY }) {
    Object.assign(this, { scale, offsetX, offsetY });
    this.sought = null;
  }

  toScreen(x, y) {
    return [x * this.scale + this.offsetX, this.offsetY - y * this.scale];
  }

  toData(screenX, screenY) {
    return [(screenX - this.offsetX) / this.scale, (this.offsetY - screenY) / this.scale];
  }

  fit() {
    this.view = this.fitting;
    this.isFitted = true;
  }

  bounded(scale) {
    const fit = this.fitting.scale;
    return Math.min(fit * CLOSEST, Math.max(fit * FARTHEST, scale));
  }

  /** The view after zooming by a factor, the place under the pointer staying where it is. */
  zoomed(factor, screenX, screenY, from = this.view) {
    const scale = this.bounded(from.scale * factor);
    const change = scale / from.scale;
    return {
      scale,
      offsetX: screenX - (screenX - from.offsetX) * change,
      offsetY: screenY - (screenY - from.offsetY) * change,
    };
  }

  move(view) {
    this.view = view;
    this.isFitted = false;
  }

  pan(dx, dy) {
    this.move({ scale: this.scale, offsetX: this.offsetX + dx, offsetY: this.offsetY + dy });
  }

  /** Tell whether a point can be seen. */
  shows({ x, y }, i) {
    const [left, top] = this.toScreen(x[i], y[i]);
    return left >= 0 && top >= 0 && left <= this.width && top <= this.height;
  }

  /** Take a new size of the canvas: what was in the middle stays there. */
  resize(width, height) {
    // At first there is no middle yet: a view from before is taken as it is.
    const [dx, dy] = this.width ? [(width - this.width) / 2, (height - this.height) / 2] : [0, 0];
    Object.assign(this, { width, height });
    if (this.sought) this.lookAt(this.sought);
    else if (this.isFitted) this.fit();
    else this.pan(dx, dy);
  }
}

/** The view between two others; scales are mixed by their ratio, so that zooming looks even. */
export function between(from, to, share) {
  const scale = from.scale * (to.scale / from.scale) ** share;
  if (Math.abs(to.scale - from.scale) < 1e-9 * from.scale) {
    return {
      scale,
      offsetX: from.offsetX + (to.offsetX - from.offsetX) * share,
      offsetY: from.offsetY + (to.offsetY - from.offsetY) * share,
    };
  }
  // One point of the screen is the same in both views: zoom about it.
  const way = (scale - from.scale) / (to.scale - from.scale);
  return {
    scale,
    offsetX: from.offsetX + (to.offsetX - from.offsetX) * way,
    offsetY: from.offsetY + (to.offsetY - from.offsetY) * way,
  };
}
