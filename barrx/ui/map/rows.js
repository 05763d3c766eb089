/* Titles, creators and dates, asked for where the pointer is and kept for a while. */

import { source } from "./source.js";

const MOST = 5_000; // rows kept
const BATCH = 64;
const WAIT = 40; // ms: a pointer on its way asks for what it stops at

export class Rows {
  constructor(onLoad) {
    this.onLoad = onLoad;
    this.forget();
  }

  forget() {
    this.of = { token: "", collection: "" };
    this.rows = new Map(); // index -> {title, creator, date}, null while it is asked for
    this.wanted = [];
  }

  /** Show another collection; a new token for the same one keeps what is known. */
  setSource(token, collection) {
    if (collection !== this.of.collection) this.forget();
    this.of = { token, collection };
  }

  /** Return what is known of a picture, or null. */
  get(index) {
    return this.rows.get(index) ?? null;
  }

  /** Ask for pictures, the most important first; what was asked for before and is not under way is dropped. */
  want(indexes) {
    if (!this.of.token) return;
    this.wanted = indexes.filter((index) => !this.rows.has(index)).slice(0, BATCH);
    if (this.wanted.length) this.timer ??= setTimeout(() => this.load(), WAIT);
  }

  async load() {
    this.timer = null;
    const { of, rows, wanted } = this;
    this.wanted = [];
    if (!wanted.length) return;
    for (const index of wanted) rows.set(index, null);
    try {
      for (const [index, row] of Object.entries(await source.rows(of.token, wanted))) rows.set(Number(index), row);
    } catch {
      // Without its title a picture is still there; it is asked for again when the pointer comes back.
      for (const index of wanted) rows.delete(index);
    }
    for (const oldest of rows.keys()) {
      if (rows.size <= MOST) break;
      rows.delete(oldest);
    }
    if (rows === this.rows) this.onLoad();
  }
}
