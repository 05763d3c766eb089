/* The buttons under a tour, and the keys of a presenter's remote: next, back, whole screen, end. */

const STEPS = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 };

const PATIENCE = 5000; // ms in which a stop that was asked for comes

function isTyped(event) {
  return event.composedPath()[0].matches?.("input, textarea, select, [contenteditable]");
}

// Drawn, not written: not every font has these signs.
const ICONS = {
  back: "M20 12H5M11 5l-7 7 7 7",
  next: "M4 12h15M13 5l7 7-7 7",
  whole: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  end: "M6 6l12 12M18 6L6 18",
};
const SVG = "http://www.w3.org/2000/svg";

function make(name, title) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", title });
  const icon = document.createElementNS(SVG, "svg");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", ICONS[name]);
  icon.append(line);
  button.append(icon);
  button.dataset.name = name;
  button.setAttribute("aria-label", title);
  return button;
}

function build(bar, words) {
  const place = Object.assign(document.createElement("output"), { className: "place" });
  const [back, next, whole, end] = ["back", "next", "whole", "end"].map((name) => make(name, words[name]));
  bar.append(back, place, next, whole, end);
}

/* Once for each bar, until it is gone: Streamlit calls the component at each stop, and cleans up after the last call
   only. Before the map, which takes the arrows for itself. */
function listen(bar) {
  bar.hear ??= (event) => {
    if (bar.isConnected) key(bar, event);
    else removeEventListener("keydown", bar.hear, true);
  };
  addEventListener("keydown", bar.hear, true); // the same function a second time changes nothing
}

function key(bar, event) {
  const step = STEPS[event.key];
  if (!step || isTyped(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  // A button that has the focus is pressed by the space bar.
  if (event.key === " " && bar.contains(event.composedPath()[0])) return;
  event.preventDefault();
  event.stopPropagation();
  if (!event.repeat) bar.go(step);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const bar = parentElement.querySelector(".presenter");
  if (!bar.firstChild) build(bar, data.words);
  const named = (name) => bar.querySelector(`[data-name=${name}]`);
  bar.querySelector(".place").textContent = data.place;
  named("back").disabled = data.at === 0;
  named("next").disabled = data.at === data.n - 1;

  // Who presses quickly goes on from the stop that was asked for, though it is not here yet.
  if (bar.asked === data.at || Date.now() > bar.until) bar.asked = undefined;
  const go = (step) => {
    const from = bar.asked ?? data.at;
    const to = Math.max(0, Math.min(data.n - 1, from + step));
    if (to === from) return;
    Object.assign(bar, { asked: to, until: Date.now() + PATIENCE });
    // Another value each time: the same one twice would be no news.
    setTriggerValue("go", { to, turn: Math.random() });
  };
  bar.go = go;
  listen(bar);
  named("back").onclick = () => go(-1);
  named("next").onclick = () => go(1);
  named("end").onclick = () => {
    if (document.fullscreenElement) document.exitFullscreen();
    setTriggerValue("ended", true);
  };
  named("whole").hidden = !document.fullscreenEnabled;
  named("whole").onclick = () =>
    document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
}
