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
  if (waiting.has(parentElement)) return undefined;
  waiting.add(parentElement);
  const begun = performance.now();
  let timer = null;
  const look = () => {
    if (isDrawn() || performance.now() - begun > PATIENCE) setTriggerValue("drawn", true);
    else timer = setTimeout(look, EVERY);
  };
  look();
  return () => {
    clearTimeout(timer);
    waiting.delete(parentElement);
  };
}
