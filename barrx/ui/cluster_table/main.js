/* One table for each element on the page. Streamlit calls mount() again at every rerun. */

import { ClusterTable } from "./table.js";

const tables = new WeakMap();

export function mount({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".barrx-clusters");
  if (!tables.has(root)) tables.set(root, new ClusterTable(root));
  tables.get(root).update(data, {
    open: (number) => setTriggerValue("opened", number),
    rename: (number, name) => setTriggerValue("renamed", { number, name }),
  });
}
