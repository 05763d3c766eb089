/* A field for the name of a cluster, on the map and in the table of the clusters. */

import { make } from "./dom.js";

/**
 * Return a field that holds a name, with a line that tells how long one may be as soon as it is; `input` is to be typed in.
 *
 * Of `words`, `most` is the bound in characters and `bound` says it.
 */
export function nameField(name, label, words) {
  const look = { type: "text", maxlength: words.most, dir: "auto", "aria-label": label, spellcheck: "false" };
  const input = make("input", look);
  const bound = make("p", { class: "bound", role: "status" });
  const tell = () => (bound.textContent = input.value.length < Number(words.most) ? "" : words.bound);
  input.value = name;
  input.addEventListener("input", tell);
  tell();
  return { field: make("div", { class: "name-field" }, input, bound), input };
}
