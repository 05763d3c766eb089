/* Thumbnails by the batch, decoded off the main thread and kept while there is room for them. */

import { source } from "./source.js";

const ROOM = 96 * 2 ** 20; // bytes of decoded pictures
const FIRST_BATCH = 32; // small, so that something is seen soon
const BATCH = 96; // the route takes 256
const IN_FLIGHT = 2;
const TRIES = 3;
const WAIT = 60; // ms: a moving map asks for what it will show, not for what it passes

export class Thumbnails {
  constructor(onLoad) {
    this.onLoad = onLoad;
    this.underWay = 0; // batches
    this.forget();
  }

  forget() {
    for (const { bitmap } of this.pictures?.values() ?? []) bitmap.close();
    this.of = { token: "", collection: "" };
    this.pictures = new Map(); // in the order of their last use
    this.bytes = 0;
    this.failures = new Map();
    this.pending = new Set();
    this.wanted = [];
    this.hasAny = false;
  }

  /** Show another collection; a new token for the same one keeps what is loaded. */
  setSource(token, collection) {
    if (collection !== this.of.collection) this.forget();
    if (token !== this.of.token) this.failures.clear();
    this.of = { token, collection };
  }

  address(index, side) {
    return source.address(this.of.token, side, index);
  }

  /** Return a picture if it is here, in the best size there is up to the one asked for. */
  get(index, side) {
    for (const tried of side > 96 ? [320, 96] : [96]) {
      const key = `${tried}/${index}`;
      const picture = this.pictures.get(key);
      if (!picture) continue;
      this.pictures.delete(key);
      this.pictures.set(key, picture);
      return picture.bitmap;
    }
    return null;
  }

  /** Ask for pictures, the most important first; what was asked for before and is not under way is dropped. */
  want(indexes, side) {
    if (!this.of.token) return;
    this.wanted = [];
    for (const index of indexes) {
      const key = `${side}/${index}`;
      if (!this.pictures.has(key) && !this.pending.has(key) && (this.failures.get(key) ?? 0) < TRIES) {
        this.wanted.push(index);
      }
    }
    this.side = side;
    if (this.wanted.length) this.timer ??= setTimeout(() => this.fetchMore(), this.hasAny ? WAIT : 0);
  }

  fetchMore() {
    this.timer = null;
    while (this.wanted.length && this.underWay < IN_FLIGHT) {
      this.load(this.wanted.splice(0, this.hasAny ? BATCH : FIRST_BATCH), this.side);
    }
  }

  async load(indexes, side) {
    // Those of this collection: another one may be on show when the answer comes.
    const { of, pending, failures } = this;
    const keys = indexes.map((index) => `${side}/${index}`);
    keys.forEach((key) => pending.add(key));
    this.underWay++;
    this.hasAny = true;
    try {
      const files = await source.thumbnails(of.token, side, indexes);
      await Promise.all(files.map(([index, file]) => this.decode(`${side}/${index}`, file, of, failures)));
    } catch {
      // Without its thumbnail a picture stays a dot.
      keys.forEach((key) => failures.set(key, (failures.get(key) ?? 0) + 1));
    }
    this.underWay--;
    keys.forEach((key) => pending.delete(key));
    this.onLoad();
    this.fetchMore();
  }

  async decode(key, file, of, failures) {
    try {
      const bitmap = await createImageBitmap(file);
      if (of.collection !== this.of.collection) bitmap.close();
      else this.keep(key, bitmap);
    } catch {
      failures.set(key, TRIES);
    }
  }

  keep(key, bitmap) {
    const bytes = bitmap.width * bitmap.height * 4;
    this.pictures.set(key, { bitmap, bytes });
    this.bytes += bytes;
    for (const [oldest, picture] of this.pictures) {
      if (this.bytes <= ROOM) break;
      this.pictures.delete(oldest);
      this.bytes -= picture.bytes;
      picture.bitmap.close();
    }
  }
}
