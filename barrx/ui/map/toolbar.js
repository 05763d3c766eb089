/* The buttons over the map. */

import { icon, make } from "./dom.js";
import { LARGEST, SMALLEST } from "./pictures.js";

const ICONS = {
  pan: "M12 3v18M3 12h18M12 3l-3 3M12 3l3 3M12 21l-3-3M12 21l3-3M3 12l3-3M3 12l3 3M21 12l-3-3M21 12l-3 3",
  box: "M4 8v-4h4M16 4h4v4M20 16v4h-4M8 20h-4v-4M11 4h2M11 20h2M4 11v2M20 11v2",
  lasso: "M12 4c5 0 9 2.4 9 5.5s-4 5.5-9 5.5s-9-2.4-9-5.5s4-5.5 9-5.5M7 14.5c-1.500 2 .5 3 .5 4.200c0 1-1 1.800-2.500 1.800",
  closer: "M12 5v14M5 12h14",
  farther: "M5 12h14",
  fit: "M9 3h-6v6M15 3h6v6M9 21h-6v-6M15 21h6v-6",
  names: "M3 7h18v10h-18zM7 12h10",
  outlines: "M7 5c4-2 10-1 12 4s-1 10-6 10s-9-2-9-7c0-3 1-6 3-7z",
  noise: "M5 6h.01M12 4h.01M19 7h.01M8.500 11.500h.01M15.500 12h.01M5 18h.01M12 19h.01M19 17.500h.01",
  add: "M4 4h11v11h-11zM19 13v8M15 17h8",
  clear: "M6 6l12 12M18 6l-12 12",
};
const TOOLS = ["pan", "box", "lasso"];
const MODES = ["dots", "both", "pictures"];
const SWITCHES = ["names", "outlines", "noise"];

/** The fields of the state that say how the pictures are drawn. */
export const STYLE = ["mode", "size", ...SWITCHES];

/** Return the fields of the state for what Python says: {mode, size, without}. */
export function styleOf({ mode, size, without }) {
  const switched = SWITCHES.map((name) => [name, !without.includes(name)]);
  return { mode, size, ...Object.fromEntries(switched) };
}

/** Return the style of a state as Python reads it, such as "pictures.64.noise". */
export function textOf(state) {
  return [state.mode, state.size, ...SWITCHES.filter((name) => !state[name])].join(".");
}

/**
 * `state` ({tool, isAdding, mode, size, names, outlines, noise}) is changed in place; `on` has the functions change, closer, farther, fit
 * and clear; `search` is an element to stand among the buttons.
 */
export class Toolbar {
  constructor(root, state, words, on, search) {
    Object.assign(this, { state, on });
    this.buttons = new Map();
    this.slider = make("input", {
      type: "range",
      min: SMALLEST,
      max: LARGEST,
      value: state.size,
      "aria-label": words.size,
      title: words.size,
    });
    this.slider.addEventListener("input", () => this.set("size", Number(this.slider.value)));
    this.clear = this.action("clear", words.clear);
    // For those who have no keyboard to hold a key on.
    this.add = this.switch("isAdding", "add", words.add);
    this.switches = this.group(SWITCHES.map((name) => this.switch(name, name, words[`show_${name}`])));
    this.box = make(
      "div",
      { class: "toolbar", role: "toolbar", "aria-label": words.toolbar },
      this.group(TOOLS.map((name) => this.choice("tool", name, words[name], icon(ICONS[name])))),
      this.group(["farther", "closer", "fit"].map((name) => this.action(name, words[name]))),
      search,
      this.add,
      this.clear,
      make("span", { class: "space" }),
      this.switches,
      this.group(MODES.map((name) => this.choice("mode", name, words[name], words[name]))),
      this.slider,
    );
    root.append(this.box);
    this.showClear(false);
    this.show();
  }

  group(buttons) {
    return make("div", { class: "group", role: "group" }, ...buttons);
  }

  choice(field, value, label, face) {
    const button = make("button", { type: "button", "data-choice": value }, face);
    if (typeof face !== "string") {
      button.title = label;
      button.setAttribute("aria-label", label);
    }
    button.addEventListener("click", () => this.set(field, value));
    this.buttons.set(button, [field, value]);
    return button;
  }

  switch(field, name, label) {
    const attributes = { type: "button", title: label, "aria-label": label, "data-switch": name };
    const button = make("button", attributes, icon(ICONS[name]));
    button.addEventListener("click", () => this.set(field, !this.state[field]));
    this.buttons.set(button, [field, true]);
    return button;
  }

  action(name, label) {
    const attributes = { type: "button", title: label, "aria-label": label, "data-action": name };
    const button = make("button", attributes, icon(ICONS[name]));
    button.addEventListener("click", () => this.on[name]());
    return button;
  }

  set(field, value) {
    this.state[field] = value;
    this.show();
    this.on.change(field);
  }

  showClear(isNeeded) {
    this.clear.hidden = !isNeeded;
  }

  /** Show the switches for what only clusters have. */
  showClusters(hasClusters) {
    this.switches.hidden = !hasClusters;
  }

  show() {
    for (const [button, [field, value]] of this.buttons) {
      button.setAttribute("aria-pressed", this.state[field] === value);
    }
    this.add.hidden = this.state.tool === "pan";
    this.slider.value = this.state.size;
    this.slider.disabled = this.state.mode === "dots";
  }
}
