/* A line that was drawn, on a grid fine enough for it: what it selects can then be told by a short text. */

import { boundsOf, thinned } from "./geometry.js";

const STEPS = 4095; // of the box around the line, across and up: 12 bits
const MOST = 300; // corners, so that an address has room for them

/**
 * Return a line on the screen as {corners, text}; null if it goes around nothing.
 *
 * `corners` are in the coordinates of the map, by `toData`; barrx/selection_rules.py gets the very same ones out of
 * `text`.
 */
export function drawn(line, toData) {
  let distance = 2;
  let kept = thinned(line, distance);
  while (kept.length > MOST) kept = thinned(line, ++distance);
  const corners = kept.map((corner) => toData(...corner));
  const axes = [0, 1].map((axis) => corners.map((corner) => corner[axis]));
  const box = boundsOf(...axes).map((edge) => edge.toPrecision(6));
  const [left, right, low, high] = box.map(Number);
  if (corners.length < 3 || left === right || low === high) return null;
  const places = corners.map(([x, y]) => [step(x, left, right), step(y, low, high)]);
  const bytes = places.flatMap(([across, up]) => [across >> 4, ((across & 15) << 4) | (up >> 8), up & 255]);
  const packed = btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
  return {
    corners: places.map(([across, up]) => [left + across * ((right - left) / STEPS), low + up * ((high - low) / STEPS)]),
    text: `l${box.join("_")}_${packed}`,
  };
}

function step(value, low, high) {
  return Math.max(0, Math.min(STEPS, Math.round(((value - low) / (high - low)) * STEPS)));
}
