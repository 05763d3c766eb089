/* What colour each point has, and in which order they are drawn. */

import { mixed, packed } from "./theme.js";

export const SHAPES = ["circle", "square", "diamond", "triangle"];
const NOISE_INK = 0.62; // noise is quieter than clusters, and still seen
const FADED_INK = 0.3; // of what a point would have
const WEAKEST_INK = 0.55; // a point of strength 0
const STEPS = 16; // of strength
const FADED = 0;
const NOISE = 1;
const FIRST_SHAPE = 2;
const HIDDEN = 255;

/** Return the shape of a colour index: when all colours are used up, they come again as another shape. */
export function shapeOf(index, palette) {
  return index < 0 ? 0 : Math.floor(index / palette.length) % SHAPES.length;
}

/** Add the outline of a shape of SHAPES to a path, as large as a point of that radius is drawn. */
export function trace(path, shape, x, y, radius) {
  if (shape === 0) {
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  const corners = {
    1: [[-0.84, -0.84], [0.84, -0.84], [0.84, 0.84], [-0.84, 0.84]],
    2: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
    3: [[0, -1.1], [1.15, 0.75], [-1.15, 0.75]],
  }[shape];
  corners.forEach(([dx, dy], k) => path[k ? "lineTo" : "moveTo"](x + dx * radius, y + dy * radius));
  path.closePath();
}

/** Return the colour of an index, as [red, green, blue]. */
export function colourOf(index, palette, noise) {
  return index < 0 ? noise : palette[index % palette.length];
}

// The mixtures that can occur, by colour, step of strength, and whether faded.
function inksOf({ palette, noise }, ground) {
  const inks = new Uint32Array((palette.length + 1) * STEPS * 2);
  [...palette, noise].forEach((colour, slot) => {
    for (let step = 0; step < STEPS; step++) {
      const ink = slot === palette.length ? NOISE_INK : WEAKEST_INK + (1 - WEAKEST_INK) * (step / (STEPS - 1));
      const at = (slot * STEPS + step) * 2;
      inks[at] = packed(mixed(ground, colour, ink));
      inks[at + 1] = packed(mixed(ground, colour, ink * FADED_INK));
    }
  });
  return inks;
}

/**
 * Return the paint of all points: `inks` (one number a point), and `order`, the points from the one drawn first to
 * the one drawn last, in `groups` ({start, end, shape, isQuiet}): faded, noise, then the clusters by their shape.
 *
 * `bright` marks the points that are not faded, `visible` those that are not hidden; null marks all.
 */
export function paintOf(points, colours, ground, { bright, visible }) {
  const { n, colour, strength } = points;
  const { palette } = colours;
  const table = inksOf(colours, ground);
  const inks = new Uint32Array(n);
  const kinds = new Uint8Array(n);
  const ends = new Uint32Array(FIRST_SHAPE + SHAPES.length);
  for (let i = 0; i < n; i++) {
    const isFaded = bright && !bright[i];
    const slot = colour[i] < 0 ? palette.length : colour[i] % palette.length;
    const step = strength.length ? strength[i] >> 4 : STEPS - 1;
    inks[i] = table[(slot * STEPS + step) * 2 + (isFaded ? 1 : 0)];
    kinds[i] = isFaded ? FADED : colour[i] < 0 ? NOISE : FIRST_SHAPE + shapeOf(colour[i], palette);
    if (visible && !visible[i]) kinds[i] = HIDDEN;
    else ends[kinds[i]]++;
  }
  for (let kind = 1; kind < ends.length; kind++) ends[kind] += ends[kind - 1];
  const groups = [...ends].map((end, kind) => ({
    start: kind ? ends[kind - 1] : 0,
    end,
    shape: Math.max(0, kind - FIRST_SHAPE),
    isQuiet: kind < FIRST_SHAPE,
  }));
  const order = new Uint32Array(n);
  const next = groups.map((group) => group.start);
  for (let i = 0; i < n; i++) if (kinds[i] !== HIDDEN) order[next[kinds[i]]++] = i;
  return { inks, order, groups };
}
