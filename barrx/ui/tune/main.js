/* One wall for each element on the page. Streamlit calls mount() again at every rerun. */

import { Wall } from "./wall.js";

const walls = new WeakMap();

export function mount({ data, parentElement }) {
  const root = parentElement.querySelector(".barrx-tune");
  if (!walls.has(root)) walls.set(root, new Wall(root));
  walls.get(root).update(data);
}
