/* Where labels stand so that none covers another: the larger cluster first. */

const GAP = 5; // pixels between two labels
const BIN = 96; // pixels, by side, of the squares in which neighbours are looked for
const EDGE = 4; // pixels to the edge of the map
const LEAST = 12; // pixels a cluster must be wide to be named
const LOW = 2.4; // times the height of its label, below which a cluster would vanish behind it
const FULL = 1.3; // a cluster so many times as large as the map still has its name in full,
const GONE = 3.2; // and here it has none: one is inside of it

class Taken {
  constructor() {
    this.bins = new Map();
  }

  *binsOf({ left, top, width, height }) {
    const last = (value) => Math.floor((value + GAP) / BIN);
    for (let row = Math.floor((top - GAP) / BIN); row <= last(top + height); row++) {
      for (let column = Math.floor((left - GAP) / BIN); column <= last(left + width); column++) yield `${column}/${row}`;
    }
  }

  isFree(box) {
    for (const bin of this.binsOf(box)) {
      for (const other of this.bins.get(bin) ?? []) if (overlap(box, other)) return false;
    }
    return true;
  }

  take(box) {
    for (const bin of this.binsOf(box)) {
      if (!this.bins.has(bin)) this.bins.set(bin, []);
      this.bins.get(bin).push(box);
    }
  }
}

function overlap(one, other) {
  return (
    one.left < other.left + other.width + GAP && other.left < one.left + one.width + GAP &&
    one.top < other.top + other.height + GAP && other.top < one.top + one.height + GAP
  );
}

/**
 * Return the boxes of labels at a scale, the most important first: {label, left, top, width, height}.
 *
 * `labels` come in the order of their importance, each with anchor, box (of its cluster), width and height. Places
 * are in pixels from the data's origin, so that moving the map changes nothing. A label without a place is left out.
 */
export function placed(labels, scale) {
  const taken = new Taken();
  const found = [];
  for (const label of labels) {
    const { width, height, anchor, box: cluster } = label;
    if (Math.max(cluster[1] - cluster[0], cluster[3] - cluster[2]) * scale < LEAST) continue;
    const left = anchor[0] * scale - width / 2;
    for (const top of topsOf(label, scale)) {
      const box = { label, left, top, width, height };
      if (!taken.isFree(box)) continue;
      taken.take(box);
      found.push(box);
      break;
    }
  }
  return found;
}

// Over the densest place of a large cluster, above or below a small one.
function topsOf({ anchor, box: [, , low, high], height }, scale) {
  const middle = -anchor[1] * scale - height / 2;
  const outside = [-high * scale - height - GAP, -low * scale + GAP];
  if ((high - low) * scale < LOW * height) return [...outside, middle];
  return [middle, middle - height - GAP, middle + height + GAP];
}

/**
 * Return what is to be seen of placed labels: {label, left, top, pushed, opacity}; `left` and `top` as placed.
 *
 * A label whose anchor is in view is pushed inside whole; one that then covers a more important one, or the box that
 * is `reserved`, goes.
 */
export function inView(boxes, camera, most, reserved) {
  const taken = new Taken();
  if (reserved) taken.take(reserved);
  const shown = [];
  for (const { label, left, top, width, height } of boxes) {
    const [x, y] = camera.toScreen(...label.anchor);
    if (x < 0 || y < 0 || x > camera.width || y > camera.height) continue;
    const opacity = opacityOf(label.box, camera);
    if (!opacity) continue;
    const pushed = [
      pushOf(left + camera.offsetX, camera.width - width),
      pushOf(top + camera.offsetY, camera.height - height),
    ];
    const box = { left: left + camera.offsetX + pushed[0], top: top + camera.offsetY + pushed[1], width, height };
    if (!taken.isFree(box)) continue;
    taken.take(box);
    shown.push({ label, left, top, pushed, opacity });
    if (shown.length === most) break;
  }
  return shown;
}

/** Return how far a label has to be pushed to lie inside of the map, along one axis. */
export function pushOf(at, room) {
  return Math.max(EDGE, Math.min(at, room - EDGE)) - at;
}

function opacityOf([left, right, low, high], { scale, width, height }) {
  const times = Math.max(((right - left) * scale) / width, ((high - low) * scale) / height);
  return Math.max(0, Math.min(1, (GONE - times) / (GONE - FULL)));
}
