/* A wall of thumbnails, each a button. Text goes in by textContent only: titles are hostile until proven otherwise. */

const shown = new WeakMap(); // wall -> what it shows, and whom a click is told

function tile(item, wall) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tile";
  button.dataset.index = item.index;
  button.title = [item.title, item.note].filter(Boolean).join("\n");
  button.addEventListener("click", () => shown.get(wall).pick(item.index));

  const image = document.createElement("img");
  image.loading = "lazy";
  image.decoding = "async";
  image.alt = item.title;
  image.src = new URL(item.source, document.baseURI).href;
  button.append(image);

  for (const [name, text] of [["title", item.title], ["note", item.note]]) {
    if (!text) continue;
    const line = document.createElement("span");
    line.className = name;
    line.textContent = text;
    button.append(line);
  }
  return button;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const wall = parentElement.querySelector(".wall");
  const text = JSON.stringify(data.items);
  const isSame = shown.get(wall)?.text === text;
  shown.set(wall, { text, pick: (index) => setTriggerValue("picked", index) });
  wall.setAttribute("aria-label", data.label);
  // A rerun that changes nothing takes neither the focus away nor a tile from under the pointer. The list is short
  // (one page), so building it anew is simpler than comparing it tile by tile.
  if (!isSame) wall.replaceChildren(...data.items.map((item) => tile(item, wall)));
}
