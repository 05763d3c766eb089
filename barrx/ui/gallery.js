/* A wall of thumbnails, each a button. Text goes in by textContent only: titles are hostile until proven otherwise. */

function tile(item, pick) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tile";
  button.dataset.index = item.index;
  button.title = [item.title, item.note].filter(Boolean).join("\n");
  button.addEventListener("click", () => pick(item.index));

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
  const pick = (index) => setTriggerValue("picked", index);
  // The list is short (one page), so building it anew is simpler than comparing it with the last one.
  wall.replaceChildren(...data.items.map((item) => tile(item, pick)));
  wall.setAttribute("aria-label", data.label);
}
