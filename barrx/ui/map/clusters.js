/* The clusters of one arrangement: who belongs to each, how strongly, where most of them are. */

const TRIM = 0.02; // of the members at each side, left out of the box one flies to
const CELLS = 12; // by side, of the grid that finds the densest place
const BESIDE = Array.from({ length: CELLS * CELLS }, (_, cell) => cellsBeside(cell)); // each cell and those round it

/** Return the points of each cluster, as [[number, Uint32Array], ...] by number; noise, if there is any, is -1. */
export function membersOf(cluster) {
  const slots = new Map();
  for (const number of cluster) slots.set(number, (slots.get(number) ?? 0) + 1);
  const numbers = [...slots.keys()].sort((a, b) => a - b);
  const next = new Map();
  let end = 0;
  for (const number of numbers) {
    next.set(number, end);
    end += slots.get(number);
  }
  const order = new Uint32Array(cluster.length);
  for (let i = 0; i < cluster.length; i++) {
    const at = next.get(cluster[i]);
    order[at] = i;
    next.set(cluster[i], at + 1);
  }
  return numbers.map((number) => [number, order.subarray(next.get(number) - slots.get(number), next.get(number))]);
}

function cellsBeside(cell) {
  const [column, row] = [cell % CELLS, Math.floor(cell / CELLS)];
  const isOn = ([x, y]) => x >= 0 && x < CELLS && y >= 0 && y < CELLS;
  const places = [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((along) => [column + along, row + down]));
  return places.filter(isOn).map(([x, y]) => y * CELLS + x);
}

function meanOf(values, members) {
  let sum = 0;
  for (const i of members) sum += values[i];
  return members.length ? sum / members.length : 0;
}

// The smallest interval without the farthest few at each side.
function trimmed(values, members) {
  const sorted = Float32Array.from(members, (i) => values[i]).sort();
  const cut = Math.floor(sorted.length * TRIM);
  return [sorted[cut], sorted[sorted.length - 1 - cut]];
}

/** Return the member nearest to the densest place of a cluster, so that what marks it lies on it whatever its form. */
function densest(x, y, members, [left, right, low, high]) {
  const counts = new Uint32Array(CELLS * CELLS);
  const cellOf = (value, from, to) => Math.min(CELLS - 1, Math.max(0, Math.floor(((value - from) / (to - from || 1)) * CELLS)));
  const cells = Uint16Array.from(members, (i) => cellOf(y[i], low, high) * CELLS + cellOf(x[i], left, right));
  for (const cell of cells) counts[cell]++;
  let best = 0;
  let most = -1;
  for (let cell = 0; cell < counts.length; cell++) {
    if (!counts[cell]) continue;
    let sum = counts[cell]; // the cell itself counts twice: of two equal places the one in the middle
    for (const other of BESIDE[cell]) sum += counts[other];
    if (sum > most) [best, most] = [cell, sum];
  }
  const near = members.filter((_, k) => BESIDE[best].includes(cells[k]));
  const [mx, my] = [meanOf(x, near), meanOf(y, near)];
  let [found, least] = [near[0], Infinity];
  for (const i of near) {
    const distance = (x[i] - mx) ** 2 + (y[i] - my) ** 2;
    if (distance < least) [found, least] = [i, distance];
  }
  return found;
}

/**
 * Return what marks need of each cluster, by number: [{number, members, size, strength (0 to 1), box, anchor}, ...].
 *
 * `box` is [left, right, low, high] of nearly all members, `anchor` the place [x, y] of a label, both in data space.
 * Noise comes first as number -1 if there is any, without a place.
 */
export function clustersOf({ x, y, cluster, strength }) {
  return membersOf(cluster).map(([number, members]) => {
    const known = { number, members, size: members.length, strength: strength.length ? meanOf(strength, members) / 255 : 1 };
    if (number < 0) return known;
    const box = [...trimmed(x, members), ...trimmed(y, members)];
    const i = densest(x, y, members, box);
    return { ...known, box, anchor: [x[i], y[i]] };
  });
}
