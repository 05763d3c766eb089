/* The buttons under a tour, and the keys of a presenter's remote: next, back, whole screen, end. */

const STEPS = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 };

function make(name, label, title) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", textContent: label, title });
  button.dataset.name = name;
  button.setAttribute("aria-label", title);
  return button;
}

function build(bar, words) {
  const names = [["back", "←"], ["place", ""], ["next", "→"], ["whole", "⛶"], ["end", "✕"]];
  for (const [name, label] of names) {
    if (name === "place") bar.append(Object.assign(document.createElement("output"), { className: "place" }));
    else bar.append(make(name, label, words[name]));
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const bar = parentElement.querySelector(".presenter");
  if (!bar.firstChild) build(bar, data.words);
  const named = (name) => bar.querySelector(`[data-name=${name}]`);
  bar.querySelector(".place").textContent = data.place;
  named("back").disabled = data.is_first;
  named("next").disabled = data.is_last;

  // Where the presses so far lead: the next one may come before the page has followed the last.
  if (Number(bar.dataset.to) === data.at) delete bar.dataset.to;
  const go = (step) => {
    const at = Number(bar.dataset.to ?? data.at);
    const to = Math.min(Math.max(at + step, 0), data.n - 1);
    if (to === at) return;
    bar.dataset.to = to;
    // Another value each time: the same one twice would be no news.
    setTriggerValue("go", { to, turn: Math.random() });
  };
  named("back").onclick = () => go(-1);
  named("next").onclick = () => go(1);
  named("end").onclick = () => {
    if (document.fullscreenElement) document.exitFullscreen();
    setTriggerValue("ended", true);
  };
  named("whole").hidden = !document.fullscreenEnabled;
  named("whole").onclick = () =>
    document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();

  const onKey = (event) => {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    // Who types, in the map's Find field, means a letter.
    if (event.composedPath()[0].closest?.("input, textarea, select")) return;
    // A button that has the focus is pressed by the space bar.
    if (event.key === " " && bar.contains(event.composedPath()[0])) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) go(step);
  };
  // Before the map takes the arrows for itself.
  addEventListener("keydown", onKey, true);
  return () => removeEventListener("keydown", onKey, true);
}
