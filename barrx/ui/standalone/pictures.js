/* The thumbnails: in this page, or in files beside it. */

export function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** `files` is where they lie beside the page, or null. Return {address(side, index), drawable(side, index)}. */
export function pictures(files) {
  return files ? beside(files) : inside();
}

function beside(files) {
  const address = (side, index) => new URL(`${files}/${side}/${index}.webp`, document.baseURI).href;
  const drawable = async (side, index) => {
    const image = new Image();
    image.src = address(side, index);
    await image.decode();
    return image;
  };
  return { address, drawable };
}

function inside() {
  const packs = new Map(); // side -> texts in base64
  const addresses = new Map();
  const text = (side, index) => {
    if (!packs.has(side)) packs.set(side, document.getElementById(`thumbnails-${side}`).textContent.trim().split("\n"));
    return packs.get(side)[index];
  };
  const blob = (side, index) => new Blob([bytesOf(text(side, index))], { type: "image/webp" });
  const address = (side, index) => {
    const key = `${side}/${index}`;
    if (!addresses.has(key)) addresses.set(key, URL.createObjectURL(blob(side, index)));
    return addresses.get(key);
  };
  return { address, drawable: async (side, index) => blob(side, index) };
}
