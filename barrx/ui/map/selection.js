/* Which pictures are selected, by whatever gesture: a flag for each, the same on every arrangement of them. */

const MOST_LISTED = 1000; // pictures sent one by one; more of them as one bit a picture

function base64Of(mask) {
  const bytes = new Uint8Array(Math.ceil(mask.length / 8));
  for (let i = 0; i < mask.length; i++) if (mask[i]) bytes[i >> 3] |= 1 << (i & 7);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

export class Selection {
  constructor(onChange) {
    this.onChange = onChange;
    this.mask = null; // (n,) 0 or 1; null when nothing is selected
    this.count = 0;
    this.outline = null; // the line that was drawn last, as drawn() gives it
    this.rule = ""; // all lines that selected what is selected now, joined by *; "" if something else had a part in it
    this.revision = ""; // of the selection Python set last
  }

  /** Take Python's selection if it is another one than before; return whether it is. */
  adopt({ selection_revision: revision }, { n, selection }) {
    if (revision === this.revision) return false;
    this.revision = revision;
    const mask = new Uint8Array(n);
    for (const i of selection ?? []) mask[i] = 1;
    this.set(mask);
    return true;
  }

  /** What to come back to after the page was left. */
  get state() {
    const { mask, count, outline, rule, revision } = this;
    return { mask, count, outline, rule, revision };
  }

  set state(state) {
    Object.assign(this, state);
  }

  set(mask, outline = null, rule = "") {
    let count = 0;
    if (mask) for (let i = 0; i < mask.length; i++) count += mask[i];
    Object.assign(this, { mask: count ? mask : null, count, outline: count ? outline : null, rule: count ? rule : "" });
  }

  /** Select those of n pictures that a test holds for; `isAdding` keeps what is selected. */
  choose(n, test, isAdding, outline = null) {
    const before = isAdding ? this.mask : null;
    const mask = before?.slice() ?? new Uint8Array(n);
    for (let i = 0; i < n; i++) if (test(i)) mask[i] = 1;
    const lines = before ? [this.rule, outline?.text] : [outline?.text];
    this.set(mask, outline, lines.every(Boolean) ? lines.join("*") : "");
    this.onChange(this);
  }

  /** Add a picture, or take it out. */
  toggle(n, i) {
    const mask = this.mask?.slice() ?? new Uint8Array(n);
    mask[i] = mask[i] ? 0 : 1;
    this.set(mask);
    this.onChange(this);
  }

  clear() {
    if (!this.mask) return;
    this.set(null);
    this.onChange(this);
  }

  forget() {
    this.set(null);
  }

  /** What is sent to Python. */
  sent(collection) {
    const { mask, count, revision, rule } = this;
    let pictures = [];
    if (count > MOST_LISTED) pictures = base64Of(mask);
    else if (count) for (let i = 0; i < mask.length; i++) if (mask[i]) pictures.push(i);
    return { collection, revision, pictures, rule };
  }
}
