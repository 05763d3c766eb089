/* Where a map's numbers, pictures and titles come from: routes of the dashboard, or the exported file itself. */

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

async function fetched(address) {
  const answer = await fetch(new URL(address, document.baseURI));
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer;
}

/** What is asked; each function may be replaced. */
export const source = {
  /** Return the bytes of a column, as it was sent: see barrx/ui/columns.py. */
  column: async ({ address }) => (await fetched(address)).arrayBuffer(),

  /** Return thumbnails as [[index, what createImageBitmap takes], ...]. */
  async thumbnails(token, side, indexes) {
    const answer = await fetched(`barrx/thumbnails/${token}/${side}?i=${indexes}`);
    const files = unpacked(await answer.arrayBuffer());
    return files.map(([index, file]) => [index, new Blob([file], { type: "image/webp" })]);
  },

  /** Return the address of one thumbnail. */
  address: (token, side, index) => new URL(`barrx/thumbnail/${token}/${side}/${index}.webp`, document.baseURI).href,

  /** Return {index: {title, creator, date}}. */
  async rows(token, indexes) {
    return (await fetched(`barrx/rows/${token}?i=${indexes}&lang=${document.documentElement.lang}`)).json();
  },
};

/** Ask elsewhere: `other` has some or all of the functions of the source. */
export function use(other) {
  Object.assign(source, other);
}
