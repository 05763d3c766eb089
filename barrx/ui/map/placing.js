/* Where labels stand so that none covers another: the larger cluster first. */

const GAP = 5; // pixels between two labels
const BIN = 96; // pixels, by side, of the squares in which neighbours are looked for
const EDGE = 4; // pixels to the edge of the map
const BESIDE = 80; // pixels from its anchor a label may be moved so that the pictures there are seen
const WORTH = 500; // pixels of a way that are as bad as to hide a picture
const LITTLE = 0.4; // of a picture: no label is moved to hide more elsewhere
const MOST = 0.6; // of a picture: a label that would hide more of any one is left out,
const CERTAIN = 6; // if so many more important ones are there
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

  /** Return which share another box hides of each one that lies near it. */
  hiddenBy(box) {
    const met = new Set([...this.binsOf(box)].flatMap((bin) => this.bins.get(bin) ?? []));
    return [...met].map((one) => shareUnder(one, box));
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

function shareUnder(one, other) {
  const across = Math.min(one.left + one.width, other.left + other.width) - Math.max(one.left, other.left);
  const down = Math.min(one.top + one.height, other.top + other.height) - Math.max(one.top, other.top);
  return (Math.max(0, across) * Math.max(0, down)) / (one.width * one.height);
}

/**
 * Return the boxes of labels at a scale, the most important first: {label, left, top, width, height}.
 *
 * `labels` come in the order of their importance, each with anchor, box (of its cluster), width and height; `pictures`
 * are boxes they had better not hide, and `room` is the box to stay in. All are in pixels from the data's origin, so
 * that moving the map changes nothing. A label without a good place is left out.
 */
export function placed(labels, scale, pictures, room) {
  const taken = new Taken();
  const seen = new Taken();
  for (const picture of pictures) seen.take(picture);
  const found = [];
  for (const label of labels) {
    const cluster = label.box;
    if (Math.max(cluster[1] - cluster[0], cluster[3] - cluster[2]) * scale < LEAST) continue;
    const places = [...usual(label, scale), ...(pictures.length ? beside(label, scale) : [])];
    const free = places.map((place) => kept(label, place, room)).filter((box) => taken.isFree(box));
    const box = best(free, seen, found.length < CERTAIN ? 1 : MOST);
    if (!box) continue;
    taken.take(box);
    found.push(box);
  }
  return found;
}

// The box that hides least for its way, the first of equals; none where each hides more than `most` of a picture.
function best(boxes, seen, most) {
  let [found, least] = [null, Infinity];
  for (const box of boxes) {
    const shares = seen.hiddenBy(box);
    const hidden = shares.reduce((sum, share) => sum + share, 0);
    const isFit = box.way ? hidden <= LITTLE : Math.max(0, ...shares) <= most;
    const cost = hidden + box.way / WORTH;
    if (isFit && cost < least) [found, least] = [box, cost];
  }
  return found;
}

function kept(label, [left, top, way], room) {
  const { width, height } = label;
  const pushed = [
    pushOf(left - room.left, room.right - room.left - width),
    pushOf(top - room.top, room.low - room.top - height),
  ];
  return { label, left: left + pushed[0], top: top + pushed[1], width, height, way };
}

// Over the densest place of a large cluster, above or below a small one.
function usual({ anchor, box: [, , low, high], width, height }, scale) {
  const [left, middle] = [anchor[0] * scale - width / 2, -anchor[1] * scale - height / 2];
  const outside = [-high * scale - height - GAP, -low * scale + GAP];
  const isSmall = (high - low) * scale < LOW * height;
  const tops = isSmall ? [...outside, middle] : [middle, middle - height - GAP, middle + height + GAP];
  return tops.map((top) => [left, top, 0]);
}

// Round the cluster and its densest place, as far as that is near; with the way there.
function beside({ anchor, box: [start, end, low, high], width, height }, scale) {
  const [x, middle] = [anchor[0] * scale, -anchor[1] * scale - height / 2];
  const rows = [middle, middle - height - GAP, middle + height + GAP, -high * scale - height - GAP, -low * scale + GAP];
  const columns = [0.5, 0.25, 0.75, 0, 1].map((share) => x - share * width);
  const wayTo = (left, top) => Math.hypot(left + width / 2 - x, top - middle);
  return [...columns, end * scale + GAP, start * scale - width - GAP]
    .flatMap((left) => rows.map((top) => [left, top, wayTo(left, top)]))
    .filter(([, , way]) => way <= BESIDE);
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
