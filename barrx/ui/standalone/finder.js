/* The rows of the pictures, and the search in them: as barrx/filters.py does it. */

const WORDS = /["“”„«»]([^"“”„«»]*)["“”„«»]?|([^\s"“”„«»]+)/g;
const PLAIN = { ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", æ: "ae", œ: "oe", ı: "i", ß: "ss" };

/** Return text as it is compared: without case and accents, its blanks single. */
export function folded(text) {
  const plain = text.toLowerCase().normalize("NFKD").replace(/[øłđðþæœıß]/g, (letter) => PLAIN[letter]);
  return plain.replace(/\p{M}/gu, "").toLowerCase().trim().split(/\s+/).join(" ");
}

export class Finder {
  /** `rows` are [title, creator, date, credit, label, strength, filename, ...fields]. */
  constructor(rows) {
    this.rows = rows;
    this.texts = null;
  }

  row(index) {
    const [title, creator, date, credit, label, strength, ...facts] = this.rows[index];
    return { title, creator, date, credit, label, strength, facts };
  }

  /** Return the pictures that have all the words, as flags eight a byte, and how many; only those `within`, if given. */
  find(query, within = null) {
    this.texts ??= this.rows.map((_, index) => this.row(index).facts.map(folded).join("\n"));
    const words = [...query.matchAll(WORDS)].map(([, phrase, word]) => folded(phrase || word || "")).filter(Boolean);
    const flags = new Uint8Array(Math.ceil(this.rows.length / 8));
    let count = 0;
    this.texts.forEach((text, index) => {
      if (within && !(within[index >> 3] & (1 << (index & 7)))) return;
      if (!words.every((word) => text.includes(word))) return;
      flags[index >> 3] |= 1 << (index & 7);
      count += 1;
    });
    return { flags, count };
  }
}
