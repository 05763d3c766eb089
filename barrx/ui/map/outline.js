/* The line round most of the points of a cluster: the contour of their density that holds a given share of them. */

const SHARE = 0.96; // of the members inside, the weakest being outside first
const ROOM = 0.6; // of the level that would run through the outermost of them
const NARROW = 0.62; // of Scott's bandwidth: follows the form of a cluster, does not fall apart
const FINENESS = 1.6; // cells in a bandwidth
const MOST_CELLS = 72; // by side
const WEAKEST = 0.3; // weight of a member of strength 0
const CRUMB = 0.12; // islands and holes smaller than this share of the largest are left out

function spreadOf(values, members) {
  let [sum, squares] = [0, 0];
  for (const i of members) sum += values[i];
  const mean = sum / members.length;
  for (const i of members) squares += (values[i] - mean) ** 2;
  return Math.sqrt(squares / members.length);
}

function rangeOf(values, members) {
  let [low, high] = [Infinity, -Infinity];
  for (const i of members) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  return [low, high];
}

function kernelOf(radius) {
  const half = Math.ceil(radius * 2.6);
  return Float32Array.from({ length: 2 * half + 1 }, (_, k) => Math.exp(-((k - half) ** 2) / (2 * radius ** 2)));
}

function blurred(grid, columns, rows, kernel) {
  const half = kernel.length >> 1;
  const along = new Float32Array(grid.length);
  const both = new Float32Array(grid.length);
  // Spread from the filled cells: most are empty.
  const spread = (from, to, cell, at, last, stride) => {
    const first = Math.max(0, half - at);
    const end = Math.min(kernel.length, last - at + half + 1);
    for (let k = first; k < end; k++) to[cell + (k - half) * stride] += from[cell] * kernel[k];
  };
  for (let cell = 0; cell < grid.length; cell++) if (grid[cell]) spread(grid, along, cell, cell % columns, columns - 1, 1);
  for (let cell = 0; cell < grid.length; cell++) {
    if (along[cell]) spread(along, both, cell, Math.floor(cell / columns), rows - 1, columns);
  }
  return both;
}

/** Return the density of some points on a grid: {density, columns, rows, left, low, cell, places}. */
function densityOf(x, y, members, strength, least) {
  const [xs, ys] = [rangeOf(x, members), rangeOf(y, members)];
  const scott = NARROW * members.length ** (-1 / 6) * Math.hypot(spreadOf(x, members), spreadOf(y, members)) * Math.SQRT1_2;
  const extent = Math.max(xs[1] - xs[0], ys[1] - ys[0]);
  const bandwidth = Math.max(scott, least, (extent * FINENESS) / (MOST_CELLS - 16));
  const cell = bandwidth / FINENESS;
  const kernel = kernelOf(FINENESS);
  const margin = (kernel.length >> 1) + 2; // the outermost cells stay empty: every line closes
  const [left, low] = [xs[0] - margin * cell, ys[0] - margin * cell];
  const columns = Math.ceil((xs[1] - left) / cell) + margin + 1;
  const rows = Math.ceil((ys[1] - low) / cell) + margin + 1;
  const grid = new Float32Array(columns * rows);
  const places = Uint32Array.from(members, (i) => Math.round((y[i] - low) / cell) * columns + Math.round((x[i] - left) / cell));
  const weightOf = (i) => (strength.length ? WEAKEST + ((1 - WEAKEST) * strength[i]) / 255 : 1);
  members.forEach((i, k) => (grid[places[k]] += weightOf(i)));
  return { density: blurred(grid, columns, rows, kernel), columns, rows, left, low, cell, places };
}

// For each way a square of four values can be cut: from which of its edges to which, the higher side on the left.
// Corners are the bits 1, 2, 4, 8 round the square; edges 0 lie between 1 and 2, 1 between 2 and 4, and so on.
const CUTS = [
  [], [[3, 0]], [[0, 1]], [[3, 1]], [[1, 2]], [[3, 0], [1, 2]], [[0, 2]], [[3, 2]],
  [[2, 3]], [[2, 0]], [[0, 1], [2, 3]], [[2, 1]], [[1, 3]], [[1, 0]], [[0, 3]], [],
];

/** Return the closed lines at a level of a grid, as [[[column, row], ...], ...] (marching squares). */
export function contours(values, columns, rows, level) {
  const next = new Map();
  // An edge is known by the cell it starts from: even going right, odd going down.
  const edge = (column, row, side) =>
    2 * (side === 1 ? row * columns + column + 1 : side === 2 ? (row + 1) * columns + column : row * columns + column) + (side & 1);
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      const form =
        (values[at] > level) | ((values[at + 1] > level) << 1) |
        ((values[at + columns + 1] > level) << 2) | ((values[at + columns] > level) << 3);
      for (const [from, to] of CUTS[form]) next.set(edge(column, row, from), edge(column, row, to));
    }
  }
  const placeOn = (id) => {
    const at = id >> 1;
    const [dx, dy] = id & 1 ? [0, 1] : [1, 0];
    const [here, there] = [values[at], values[at + dx + dy * columns]];
    const share = (level - here) / (there - here);
    return [(at % columns) + dx * share, Math.floor(at / columns) + dy * share];
  };
  const lines = [];
  while (next.size) {
    const line = [];
    for (let id = next.keys().next().value; next.has(id); ) {
      line.push(placeOn(id));
      const following = next.get(id);
      next.delete(id);
      id = following;
    }
    lines.push(line);
  }
  return lines;
}

/** Return the area of a closed line; its sign tells which way it goes round. */
export function areaOf(line) {
  return line.reduce((sum, [x, y], k) => {
    const [nextX, nextY] = line[(k + 1) % line.length];
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);
}

/**
 * Return the lines round most of some points, in data space.
 *
 * `strength` (0 to 255, or empty) makes weak members count for less; `least` is the smallest bandwidth, so that
 * points at one place get a line too.
 */
export function outlineOf(x, y, members, strength, least) {
  const { density, columns, rows, left, low, cell, places } = densityOf(x, y, members, strength, least);
  const found = Float32Array.from(places, (place) => density[place]).sort();
  const level = ROOM * found[Math.floor(found.length * (1 - SHARE))];
  const lines = contours(density, columns, rows, level);
  const largest = Math.max(...lines.map((line) => Math.abs(areaOf(line))));
  return lines
    .filter((line) => Math.abs(areaOf(line)) >= CRUMB * largest)
    .map((line) => line.map(([column, row]) => [left + column * cell, low + row * cell]));
}
