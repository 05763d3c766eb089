/* Where one looks: moving the camera by hand, flying, going from cluster to cluster, and telling Python. */

import { extentOf } from "./geometry.js";
import { Flight, prefersStillness } from "./motion.js";

const SETTLED = 600; // ms without movement before Python is told
const DIGITS = 7; // float32 has no more

/** `view` has the functions moved(), leave() and pointAtMiddle(); `send(camera)` tells Python. */
export class Navigation {
  constructor(camera, view, send) {
    Object.assign(this, { camera, view, send });
    this.flight = null;
    this.visited = -1; // place of a cluster in the list
    this.isLeaving = false; // the next Tab leaves the map
  }

  // --- by hand ----------------------------------------------------------------------------------------------

  pan(dx, dy) {
    this.flight = null;
    this.view.leave();
    this.camera.pan(dx, dy);
    this.byUser();
  }

  zoom(factor, x, y) {
    this.flight = null;
    this.camera.move(this.camera.zoomed(factor, x, y));
    this.byUser();
  }

  /** Zoom about a place, gliding. */
  zoomAt(factor, x, y) {
    this.fly(this.camera.zoomed(factor, x, y, this.flight?.to));
    this.byUser();
  }

  step(factor) {
    const { camera } = this;
    this.zoomAt(factor, camera.width / 2, camera.height / 2);
    this.view.pointAtMiddle();
  }

  glide(dx, dy) {
    const from = this.flight?.to ?? this.camera.view;
    this.fly({ ...from, offsetX: from.offsetX + dx, offsetY: from.offsetY + dy });
    this.byUser();
    this.view.pointAtMiddle();
  }

  fit() {
    this.visited = -1;
    this.fly(this.camera.fitting, true);
    this.byUser();
  }

  // --- flying -----------------------------------------------------------------------------------------------

  fly(to, isFitted = false, duration = undefined) {
    const { camera } = this;
    camera.isFitted = isFitted;
    this.flight = prefersStillness() || !camera.width ? null : new Flight(camera.view, to, duration);
    if (!this.flight) camera.view = to;
    this.view.moved();
  }

  /** Fly to a box of the map's coordinates, [left, right, low, high]. */
  flyTo(box) {
    this.fly(this.camera.fittingOf(box), false, Flight.FAR);
  }

  /** Fly to a place as [x, y, zoom]; null is all of the map. */
  flyToPlace(place) {
    const { camera } = this;
    clearTimeout(this.timer); // Python knows
    this.fly(place ? camera.viewOfPlace(place) : camera.fitting, !place, Flight.FAR);
  }

  /** Move on to a time in ms; return whether the camera is under way. */
  advance(now) {
    if (!this.flight) return false;
    const [view, isLast] = this.flight.advance(now);
    this.camera.view = view;
    if (isLast) this.flight = null;
    return !isLast;
  }

  // --- from cluster to cluster ------------------------------------------------------------------------------

  /** Go to the next cluster that can be seen, or the one before; return it, or null behind the last. */
  visit(step, clusters, points) {
    if (this.isLeaving) {
      this.isLeaving = false;
      return null;
    }
    // From outside, going backwards begins with the last.
    let at = this.visited < 0 && step < 0 ? clusters.length : this.visited;
    for (at += step; at >= 0 && at < clusters.length; at += step) {
      const box = extentOf(points, (i) => points.cluster[i] === clusters[at].label);
      if (!box) continue;
      this.visited = at;
      this.flyTo(box);
      this.byUser();
      return clusters[at];
    }
    this.visited = -1;
    return null;
  }

  // --- telling Python ---------------------------------------------------------------------------------------

  byUser() {
    this.isLeaving = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell(), SETTLED);
    this.view.moved();
  }

  /** Tell where one looks if Python thinks it is elsewhere: the page may have been left before it was told. */
  tellUnlessAt(place) {
    this.told = JSON.stringify(place);
    this.byUser();
  }

  /** Tell also a place that is named as before: it is one of other coordinates. */
  retell() {
    this.told = null;
    this.byUser();
  }

  tell() {
    const { camera, flight } = this;
    const place = camera.placeOf(flight?.to ?? camera.view).map((v) => Number(v.toPrecision(DIGITS)));
    if (JSON.stringify(place) === this.told) return;
    this.told = JSON.stringify(place);
    this.send(place);
  }

  destroy() {
    clearTimeout(this.timer);
  }
}
