/* Rows of words and pictures, each picture a button. Text goes in by textContent only: titles are hostile. */

const shown = new WeakMap(); // list -> what it shows, and whom a click is told

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function picture(item, list) {
  const image = make("img", { loading: "lazy", decoding: "async", alt: item.title });
  image.src = new URL(item.source, document.baseURI).href;
  const button = make("button", { type: "button", class: "picture", title: item.title, "data-index": item.index }, image);
  button.addEventListener("click", () => shown.get(list).tell("picked", item.index));
  return button;
}

function strip({ label, items, more }, list) {
  const box = make("div", { class: "strip" }, ...items.map((item) => picture(item, list)));
  if (more) box.append(make("span", { class: "more" }, more));
  const caption = label ? [make("span", { class: "label", dir: "auto" }, label)] : [];
  return make("div", { class: "part" }, ...caption, box);
}

function head(row, list) {
  const box = make("div", { class: "head" });
  if (row.title) {
    const title = make(row.opens ? "button" : "strong", { class: "title", dir: "auto" }, row.title);
    if (row.opens) {
      title.type = "button";
      title.title = row.opens;
      title.addEventListener("click", () => shown.get(list).tell("opened", row.id));
    }
    box.append(title);
  }
  for (const { text, kind } of row.chips) box.append(make("span", { class: `chip ${kind}` }, text));
  return box;
}

function line(row, list) {
  const element = make("li", { "data-id": row.id });
  const words = make("div", { class: "words" }, head(row, list));
  for (const text of row.texts) words.append(make("p", { dir: "auto" }, text));
  const parts = make("div", { class: "parts" }, ...row.strips.map((one) => strip(one, list)));
  element.append(words, parts);
  return element;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector(".rows");
  const text = JSON.stringify(data);
  const isSame = shown.get(list)?.text === text;
  shown.set(list, { text, tell: setTriggerValue });
  list.setAttribute("aria-label", data.label);
  // A rerun that changes nothing takes neither the focus away nor a picture from under the pointer.
  if (!isSame) list.replaceChildren(...data.rows.map((row) => line(row, list)));
}
