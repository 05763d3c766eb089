/* Columns of numbers, fetched once for each content and kept by their names: see barrx/ui/columns.py. */

import { source } from "./source.js";

const ROOM = 96 * 2 ** 20; // bytes
const TRIES = 3;
const PAUSE = 400; // ms, longer after each try

const kept = new Map(); // name -> values, in the order of their last use
const underWay = new Map(); // name -> promise
let bytes = 0;

function decoded(buffer, type, length) {
  if (type === "float32") return new Float32Array(buffer);
  if (type === "bits") {
    const packed = new Uint8Array(buffer);
    return Uint8Array.from({ length }, (_, i) => (packed[i >> 3] >> (i & 7)) & 1);
  }
  const narrow = { int8: Int8Array, uint8: Uint8Array, int16: Int16Array, int32: Int32Array }[type];
  // One type for all: code that meets several is compiled into slower code.
  return Int32Array.from(new narrow(buffer));
}

function keep(name, values) {
  kept.set(name, values);
  bytes += values.byteLength;
  for (const [oldest, old] of kept) {
    if (bytes <= ROOM || oldest === name) break;
    kept.delete(oldest);
    bytes -= old.byteLength;
  }
  return values;
}

function recalled(name) {
  const values = kept.get(name);
  if (!values) return null;
  kept.delete(name);
  kept.set(name, values);
  return values;
}

async function fetched(column) {
  const { name, type, length } = column;
  for (let tried = 1; ; tried++) {
    try {
      return keep(name, decoded(await source.column(column), type, length));
    } catch (error) {
      if (tried === TRIES) throw error;
      await new Promise((done) => setTimeout(done, tried * PAUSE));
    }
  }
}

function asked(column) {
  const { name } = column;
  if (!underWay.has(name)) underWay.set(name, fetched(column).finally(() => underWay.delete(name)));
  return underWay.get(name);
}

/** Return the points of a map if all of its columns are here: {n, x, y, colour, cluster, other, strength, shown, selection}. */
export function recall(columns) {
  const points = { n: columns.x.length };
  for (const [role, { name }] of Object.entries(columns)) {
    points[role] = recalled(name);
    if (!points[role]) return null;
  }
  // What is not sent is the same for all.
  points.cluster ??= new Int32Array(points.n).fill(-1);
  points.other ??= new Int32Array(points.n).fill(-1);
  points.strength ??= new Int32Array(points.n).fill(255);
  return points;
}

/** Fetch what is not here yet, and return the points of a map. */
export async function load(columns) {
  await Promise.all(Object.values(columns).map((column) => recalled(column.name) ?? asked(column)));
  return recall(columns);
}
