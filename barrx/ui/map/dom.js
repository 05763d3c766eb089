/* Small helpers to build elements. Text is only ever set as text, so markup in a title stays text. */

const SVG = "http://www.w3.org/2000/svg";

/** Return a new element; `attributes` are set as attributes, `children` are elements or texts. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Return an icon of 24 by 24 units, drawn as lines. */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** Return a filled shape with a letter or number in it. */
export function chip(path, fill, ink, letter) {
  const svg = icon(path);
  svg.classList.add("chip");
  svg.firstChild.setAttribute("fill", fill);
  const text = document.createElementNS(SVG, "text");
  text.setAttribute("x", "12");
  text.setAttribute("y", "12.5");
  text.setAttribute("fill", ink);
  if (letter.length > 2) text.classList.add("long");
  text.textContent = letter;
  svg.append(text);
  return svg;
}

/** Return texts with commas between them, each in its own direction: a name in Arabic does not turn a year round. */
export function apart(...texts) {
  return texts.filter(Boolean).flatMap((text, i) => [...(i ? [", "] : []), make("bdi", {}, text)]);
}
