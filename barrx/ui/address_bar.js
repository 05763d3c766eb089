/* Write what the page shows into the address, without a step in the browser's history for each move of the map. */

const AGAIN = [250, 1500]; // ms: Streamlit writes the parameters of its own widgets, and would write over ours

/* A link says of which collection, in which state, and by which encoder: first, where it is easily seen. */
function write({ identity, wanted, fixed, names, prefixes }, isWhole) {
  const isOurs = (name) => names.includes(name) || prefixes.some((prefix) => name.startsWith(prefix));
  const now = new URLSearchParams(location.search);
  const kept = [...now].filter(([name]) => !isOurs(name));
  if (isWhole) for (const entry of fixed) fix(kept, ...entry);
  const all = [...kept, ...wanted];
  const query = new URLSearchParams(all.length ? [...identity, ...all] : []).toString();
  if (query === now.toString()) return;
  history.replaceState(history.state, "", location.pathname + (query && `?${query}`) + location.hash);
}

/* Streamlit writes a slider that was moved, not one that a link or the page before has set. */
function fix(kept, name, value, isDefault) {
  const at = kept.findIndex((entry) => entry[0] === name);
  if (at < 0) {
    if (!isDefault) kept.push([name, value]);
  } else if (kept[at][1] !== value) {
    kept.splice(at, 1, ...(isDefault ? [] : [[name, value]]));
  }
}

export default function ({ data, parentElement }) {
  const bar = parentElement.querySelector(".address");
  const page = location.pathname;
  const isNew = !bar.wanted;
  bar.wanted = data;
  write(data, true);
  for (const wait of AGAIN) {
    // Only what is wanted last, and not on another page; a slider that has been moved meanwhile is its own master.
    const isCurrent = () => bar.isConnected && bar.wanted === data && location.pathname === page;
    setTimeout(() => isCurrent() && write(data, isNew), wait);
  }
}
