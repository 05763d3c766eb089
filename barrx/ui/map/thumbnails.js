/* Thumbnails by the batch, decoded off the main thread and kept while there is room for them. */

const ROOM = 96 * 2 ** 20; // bytes of decoded pictures
const FIRST_BATCH = 32; // small, so that something is seen soon
const BATCH = 96; // the route takes 256
const IN_FLIGHT = 2;
const TRIES = 3;
const WAIT = 60; // ms: a moving map asks for what it will show, not for what it passes

/** Take a pack of thumbnails apart: [[index, Uint8Array], ...]; see barrx/ui/routes.py for its layout. */
export function unpacked(buffer) {
  const head = new DataView(buffer);
  if (head.getUint32(0) !== 0x42585431) throw new Error("This is no pack of thumbnails.");
  const count = head.getUint32(4, true);
  let at = 8 + 8 * count;
  return Array.from({ length: count }, (_, k) => {
    const index = head.getUint32(8 + 8 * k, true);
    const length = head.getUint32(12 + 8 * k, true);
    at += length;
    return [index, new Uint8Array(buffer, at - length, length)];
  });
}

export class Thumbnails {
  constructor(onLoad) {
    this.onLoad = onLoad;
    this.underWay = 0; // batches
    this.forget();
  }

  forget() {
    for (const { bitmap } of this.pictures?.values() ?? []) bitmap.close();
    this.source = { token: "", collection: "" };
    this.pictures = new Map(); // in the order of their last use
    this.bytes = 0;
    this.failures = new Map();
    this.pending = new Set();
    this.wanted = [];
    this.hasAny = false;
  }

  /** Show another collection; a new token for the same one keeps what is loaded. */
  setSource(token, collection) {
    if (collection !== this.source.collection) this.forget();
    if (token !== this.source.token) this.failures.clear();
    this.source = { token, collection };
  }

  address(index, side) {
    return new URL(`barrx/thumbnail/${this.source.token}/${side}/${index}.webp`, document.baseURI).href;
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
    if (!this.source.token) return;
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
    const { source, pending, failures } = this;
    const keys = indexes.map((index) => `${side}/${index}`);
    keys.forEach((key) => pending.add(key));
    this.underWay++;
    this.hasAny = true;
    try {
      const address = new URL(`barrx/thumbnails/${source.token}/${side}?i=${indexes}`, document.baseURI);
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(`${answer.status}`);
      const files = unpacked(await answer.arrayBuffer());
      await Promise.all(files.map(([index, file]) => this.decode(`${side}/${index}`, file, source, failures)));
    } catch {
      // Without its thumbnail a picture stays a dot.
      keys.forEach((key) => failures.set(key, (failures.get(key) ?? 0) + 1));
    }
    this.underWay--;
    keys.forEach((key) => pending.delete(key));
    this.onLoad();
    this.fetchMore();
  }

  async decode(key, file, source, failures) {
    try {
      const bitmap = await createImageBitmap(new Blob([file], { type: "image/webp" }));
      if (source.collection !== this.source.collection) bitmap.close();
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
