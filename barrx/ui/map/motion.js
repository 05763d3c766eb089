/* Movement over time: of the points to their new places, and of the camera. */

import { between } from "./camera.js";

const TRAVEL = 550; // ms
const FLIGHT = 220;

export function prefersStillness() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function eased(share) {
  return share < 0.5 ? 4 * share ** 3 : 1 - (2 - 2 * share) ** 3 / 2;
}

/** All points on their way from one map to another. */
export class Travel {
  constructor(from, to) {
    Object.assign(this, { from, to, start: null });
    this.positions = { x: from.x.slice(), y: from.y.slice() };
  }

  /** Move on to a time in ms; return whether all have arrived. */
  advance(now) {
    this.start ??= now;
    const time = Math.min(1, (now - this.start) / TRAVEL);
    const share = eased(time);
    for (const axis of ["x", "y"]) {
      const [from, to, at] = [this.from[axis], this.to[axis], this.positions[axis]];
      for (let i = 0; i < at.length; i++) at[i] = from[i] + (to[i] - from[i]) * share;
    }
    return time === 1;
  }
}

/** The camera on its way from one view to another. */
export class Flight {
  static FAR = 420; // ms, to another part of the map

  constructor(from, to, duration = FLIGHT) {
    Object.assign(this, { from, to, duration, start: null });
  }

  /** The same time as the points take, for a camera that goes with them. */
  static alongside(from, to) {
    return new Flight(from, to, TRAVEL);
  }

  /** Return the view at a time in ms, and whether it is the last. */
  advance(now) {
    this.start ??= now;
    const time = Math.min(1, (now - this.start) / this.duration);
    return [time === 1 ? this.to : between(this.from, this.to, eased(time)), time === 1];
  }
}
