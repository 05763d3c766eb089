/*
 * Which pictures stand for the others when there is no room for all.
 *
 * At each level the data plane has square cells, half as wide as those two levels before, anchored at the data's
 * origin. A cell shows one picture at most, and none nearer than NEAR cells to another. What a level shows, all
 * finer levels show: pictures appear as one zooms in, none goes away, and panning changes nothing.
 */

const NEAR = 0.78;
const MOST_MERIT = 3;
export const HIDDEN = 255;
const STEPS = 2; // levels in which the width of a cell halves
const DEEPEST = 24 * STEPS; // levels below the coarsest: more than one can zoom in

/** Return the level whose cells are at least so wide, in units of the data. */
export function levelFor(width) {
  return Math.floor(-STEPS * Math.log2(width));
}

export function cellWidth(level) {
  return 2 ** (-level / STEPS);
}

// Squares of the plane in an open hash table: many times faster than a Map at 100,000 points.
class Cells {
  constructor(capacity) {
    this.size = 2 ** Math.ceil(Math.log2(Math.max(16, 2 * capacity)));
    this.columns = new Int32Array(this.size);
    this.rows = new Int32Array(this.size);
    this.points = new Int32Array(this.size).fill(-1);
  }

  slot(column, row) {
    const mask = this.size - 1;
    let slot = (Math.imul(column, 73856093) ^ Math.imul(row, 19349663)) & mask;
    while (this.points[slot] >= 0 && (this.columns[slot] !== column || this.rows[slot] !== row)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  put(slot, column, row, point) {
    this.columns[slot] = column;
    this.rows[slot] = row;
    this.points[slot] = point;
  }
}

export class Representatives {
  /** `merit` has a whole number from 0 to 3 for each point, the higher ones preferred, or HIDDEN. */
  constructor(x, y, bounds, merit) {
    Object.assign(this, { x, y });
    this.left = bounds[0];
    this.low = bounds[2];
    const extent = Math.max(bounds[1] - bounds[0], bounds[3] - bounds[2]) || 1;
    this.coarsest = levelFor(extent * 2);
    this.finest = this.coarsest + DEEPEST;
    this.rank = ranked(merit);
    this.levels = new Map();
  }

  /** Return the points shown at a level, as indexes. */
  at(level) {
    const bounded = Math.max(this.coarsest, Math.min(this.finest, level));
    if (!this.levels.has(bounded)) {
      const before = bounded > this.coarsest ? this.at(bounded - 1) : new Uint32Array(0);
      // Nothing is left to add once all are shown; points at one and the same place stay behind one of them.
      this.levels.set(bounded, before.length === this.rank.length ? before : this.refined(before, cellWidth(bounded)));
    }
    return this.levels.get(bounded);
  }

  refined(before, width) {
    const cells = new Cells(this.rank.length);
    const shown = [];
    const add = (i, isCertain) => {
      // Measured from the data's edge but on its own grid: whole numbers stay small at any zoom.
      const column = Math.floor(this.x[i] / width) - Math.floor(this.left / width);
      const row = Math.floor(this.y[i] / width) - Math.floor(this.low / width);
      const slot = cells.slot(column, row);
      if (!isCertain && (cells.points[slot] >= 0 || this.isCrowded(cells, i, column, row, NEAR * width))) return;
      cells.put(slot, column, row, i);
      shown.push(i);
    };
    for (const i of before) add(i, true);
    for (const i of this.rank) add(i, false);
    return Uint32Array.from(shown);
  }

  isCrowded(cells, i, column, row, distance) {
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const other = cells.points[cells.slot(column + dx, row + dy)];
        if (other < 0) continue;
        const apart = Math.max(Math.abs(this.x[other] - this.x[i]), Math.abs(this.y[other] - this.y[i]));
        if (apart < distance) return true;
      }
    }
    return false;
  }
}

// By merit. Among equals a stride mixes neighbouring rows of the data, which are often of one folder.
function ranked(merit) {
  const n = merit.length;
  let stride = Math.max(1, Math.round(n * 0.618));
  while (gcd(stride, n) !== 1) stride++;
  const rank = new Uint32Array(n);
  let end = 0;
  for (let wanted = MOST_MERIT; wanted >= 0; wanted--) {
    for (let k = 0, i = 0; k < n; k++, i = (i + stride) % n) if (merit[i] === wanted) rank[end++] = i;
  }
  return rank.subarray(0, end);
}

function gcd(a, b) {
  return b ? gcd(b, a % b) : a;
}
