/* Titles, creators and dates, asked for where the pointer is and kept for a while. */

const MOST = 5_000; // rows kept
const BATCH = 64;
const WAIT = 40; // ms: a pointer on its way asks for what it stops at

export class Rows {
  constructor(onLoad) {
    this.onLoad = onLoad;
    this.forget();
  }

  forget() {
    this.source = { token: "", collection: "" };
    this.rows = new Map(); // index -> {title, creator, date}, null while it is asked for
    this.wanted = [];
  }

  /** Show another collection; a new token for the same one keeps what is known. */
  setSource(token, collection) {
    if (collection !== this.source.collection) this.forget();
    this.source = { token, collection };
  }

  /** Return what is known of a picture, or null. */
  get(index) {
    return this.rows.get(index) ?? null;
  }

  /** Ask for pictures, the most important first; what was asked for before and is not under way is dropped. */
  want(indexes) {
    if (!this.source.token) return;
    this.wanted = indexes.filter((index) => !this.rows.has(index)).slice(0, BATCH);
    if (this.wanted.length) this.timer ??= setTimeout(() => this.load(), WAIT);
  }

  async load() {
    this.timer = null;
    const { source, rows, wanted } = this;
    this.wanted = [];
    if (!wanted.length) return;
    for (const index of wanted) rows.set(index, null);
    try {
      const answer = await fetch(new URL(`barrx/rows/${source.token}?i=${wanted}&lang=${document.documentElement.lang}`, document.baseURI));
      if (!answer.ok) throw new Error(`${answer.status}`);
      for (const [index, row] of Object.entries(await answer.json())) rows.set(Number(index), row);
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
