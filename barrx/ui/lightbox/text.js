/* Text of a catalogue. It is only ever set as text; what leads somewhere was checked in Python, and is again here. */

import { apart, make } from "../map/dom.js";

const LINK = { target: "_blank", rel: "noopener noreferrer nofollow", referrerpolicy: "no-referrer" };

/** Return pieces [text, address or null] as texts and links. */
export function linked(pieces) {
  return pieces.map(([text, address]) =>
    /^https?:\/\//i.test(address ?? "") ? make("a", { href: address, ...LINK }, text) : text,
  );
}

/** Return what stands with every picture: title, creator and date, and who is to be credited. */
export function caption({ title, creator, date, credit }, titleTag) {
  return [
    make(titleTag, { class: "title", dir: "auto" }, title),
    ...(creator || date ? [make("span", { class: "by" }, ...apart(creator, date))] : []),
    make("span", { class: "credit", dir: "auto" }, ...linked(credit)),
  ];
}
