/* The name of a cluster; a curator changes it in its place. */

import { icon, make } from "../map/dom.js";
import { nameField } from "../map/name_field.js";

const PENCIL = "M4 20h4L19 9l-4-4L4 16v4M13 7l4 4";

/** Return a name, with a button to change it if `rename(name)` is given. */
export function nameOf(row, words, rename) {
  const place = make("div", { class: "named" });
  const text = make("span", { dir: "auto", class: row.name ? "" : "quiet" }, row.name || (rename ? "" : "–"));
  if (!rename) {
    place.append(text);
    return place;
  }
  const label = `${row.name ? words.rename : words.give}: ${row.label}`;
  const edit = make("button", { type: "button", class: "edit", title: label, "aria-label": label }, icon(PENCIL));
  if (!row.name) edit.append(words.give);
  edit.addEventListener("click", () => field(place, row, words, rename, [text, edit]));
  place.append(text, edit);
  return place;
}

function field(place, row, words, rename, before) {
  const { field: shown, input } = nameField(row.name, `${words.rename}: ${row.label}`, words);
  let isOver = false;
  const end = (isMeant) => {
    if (isOver) return;
    isOver = true;
    const name = input.value.trim();
    place.replaceChildren(...before);
    before[1].focus();
    if (!isMeant || name === row.name) return;
    before[0].textContent = name; // until Python has kept it
    rename(name);
  };
  input.addEventListener("keydown", (event) => {
    event.stopPropagation(); // Streamlit has keys of its own
    if (event.key === "Enter" && !event.isComposing) end(true);
    if (event.key === "Escape") end(false);
  });
  input.addEventListener("blur", () => end(true));
  place.replaceChildren(shown);
  input.focus();
  input.select();
}
