/* Tells, once, that the map is drawn, or that it has been waited for long enough. */

const EVERY = 60; // ms
const PATIENCE = 6000; // ms: there may be no map to come

const waiting = new WeakSet(); // elements

// Whatever shows a map names it on its canvas.
function isDrawn() {
  const hosts = [...document.querySelectorAll(".st-key-map *")].filter((element) => element.shadowRoot);
  return hosts.some(({ shadowRoot }) => shadowRoot.querySelector("canvas[data-revision]"));
}

export default function ({ parentElement, setTriggerValue }) {
  if (waiting.has(parentElement)) return;
  waiting.add(parentElement);
  const begun = performance.now();
  const look = () => {
    // Not by a clean-up, which Streamlit also calls for a call that a newer one has overtaken: the element itself tells.
    if (!parentElement.isConnected) waiting.delete(parentElement);
    else if (isDrawn() || performance.now() - begun > PATIENCE) setTriggerValue("drawn", true);
    else setTimeout(look, EVERY);
  };
  look();
}
