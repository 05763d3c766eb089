/* Write what the page shows into the address, without a step in the browser's history for each move of the map. */

const AGAIN = [250, 1500]; // ms: Streamlit writes the parameters of its own widgets, and would write over ours

function write({ wanted, names, prefixes }) {
  const isOurs = (name) => names.includes(name) || prefixes.some((prefix) => name.startsWith(prefix));
  const now = new URLSearchParams(location.search);
  const kept = [...now].filter(([name]) => !isOurs(name));
  const query = new URLSearchParams([...kept, ...wanted]).toString();
  if (query === now.toString()) return;
  history.replaceState(history.state, "", location.pathname + (query && `?${query}`) + location.hash);
}

export default function ({ data, parentElement }) {
  const bar = parentElement.querySelector(".address");
  const page = location.pathname;
  bar.wanted = data;
  write(data);
  for (const wait of AGAIN) {
    // Only what is wanted last, and not on another page.
    setTimeout(() => bar.isConnected && bar.wanted === data && location.pathname === page && write(data), wait);
  }
}
