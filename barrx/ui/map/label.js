/* One cluster's label: a plate with its name and size; more about it, and what one can do, while one points at it. */

import { make } from "./dom.js";
import { nameField } from "./name_field.js";

const TWICE = 240; // ms in which the second click of a double click comes
const SLIP = 5; // pixels a pointer may move and still click

/**
 * `on` has the functions fly(), select(), rename(name), moved() and go(step); without `rename` the name
 * cannot be changed.
 */
export class Label {
  constructor(number, words, on, canvas) {
    Object.assign(this, { number, words, on, canvas });
    this.addresses = [];
    this.name = make("span", { class: "label-name", dir: "auto" });
    this.count = make("span", { class: "count" });
    this.button = make("button", { type: "button", class: "plate" }, this.name, this.count);
    this.faces = make("span", { class: "faces" });
    const select = this.action(words.select_cluster, () => on.select());
    this.tools = make("span", { class: "label-tools" }, select);
    if (on.rename) this.tools.append(this.action(words.rename, () => this.edit()));
    this.more = make("div", { class: "label-more" }, this.faces, this.tools);
    this.box = make("div", { class: "cluster-label", "data-cluster": number }, this.button, this.more);
    this.button.addEventListener("click", (event) => this.click(event));
    this.box.addEventListener("keydown", (event) => this.key(event));
    for (const name of ["pointerenter", "focusin"]) this.box.addEventListener(name, () => this.showFaces());
    this.letDragsThrough();
  }

  action(text, run) {
    const button = make("button", { type: "button" }, text);
    button.addEventListener("click", run);
    return button;
  }

  /** Show a name, a size, and a chip that stands for the cluster's colour. */
  show({ name, count, chip, title }) {
    this.name.textContent = name;
    this.count.textContent = count;
    this.button.title = title;
    this.chip?.remove();
    this.chip = chip;
    this.button.prepend(chip);
    for (const button of this.tools.children) button.setAttribute("aria-label", `${button.textContent}: ${title}`);
  }

  /** Take the addresses of some pictures; they are fetched when they are first shown. */
  setFaces(addresses) {
    this.addresses = addresses;
    this.faces.replaceChildren();
    if (this.isOpen || this.box.matches(":hover, :focus-within")) this.showFaces();
  }

  showFaces() {
    if (this.faces.hasChildNodes()) return;
    for (const src of this.addresses) {
      const face = make("img", { src, alt: "", decoding: "async", draggable: "false" });
      face.addEventListener("error", () => face.remove());
      this.faces.append(face);
    }
  }

  /** Show the pictures at all times, on the plate, or only with what else there is about the cluster. */
  setOpen(isOpen) {
    if (this.isOpen === isOpen) return;
    this.isOpen = isOpen;
    if (isOpen) this.box.append(this.faces);
    else this.more.prepend(this.faces);
    if (isOpen) this.showFaces();
    this.box.classList.toggle("open", isOpen);
  }

  /** Put it at a place of the sheet. */
  place([left, top], opacity) {
    const style = `transform: translate(${left}px, ${top}px); opacity: ${opacity}`;
    if (style === this.style) return;
    this.style = style;
    this.box.style.cssText = style;
  }

  /** Show the details where there is room for them; it is at a place of the map. */
  lean([left, top], camera) {
    this.box.classList.toggle("end", left > camera.width / 2);
    this.box.classList.toggle("above", top > camera.height - 130);
  }

  /** Make it the one that the Tab key comes to, or not. */
  setStop(isStop) {
    this.button.tabIndex = isStop ? 0 : -1;
  }

  get isHeld() {
    return Boolean(this.input) || this.box.matches(":focus-within");
  }

  click(event) {
    if (event.shiftKey) return this.on.select();
    clearTimeout(this.flying);
    if (event.detail > 1 && this.on.rename) return this.edit();
    // By the keyboard there is no second click; with nothing to edit none is waited for.
    if (event.detail && this.on.rename) this.flying = setTimeout(() => this.on.fly(), TWICE);
    else this.on.fly();
  }

  key(event) {
    if (event.target === this.input) return;
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };
    if (event.key === "F2" && this.on.rename) this.edit();
    else if (event.key === "Escape") this.canvas.focus();
    else if (event.key in steps) this.on.go(steps[event.key]);
    // What else the map can do by keys, it does from here too.
    else if (["+", "=", "-", "0"].includes(event.key)) this.canvas.dispatchEvent(new KeyboardEvent("keydown", event));
    else return;
    event.preventDefault();
  }

  // --- the name -----------------------------------------------------------------------------------------------

  edit() {
    if (this.input) return;
    const name = this.name.textContent;
    const { field, input } = nameField(name, this.words.rename, this.words);
    this.input = input;
    this.button.hidden = true;
    this.box.prepend(field);
    this.input.focus();
    this.input.select();
    const end = (isKept, isFocused) => this.endEdit(isKept && this.input?.value.trim() !== name, isFocused);
    this.input.addEventListener("blur", () => end(true, false));
    this.input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
      event.preventDefault(); // the plate, which has the focus next, would take the key too
      end(event.key === "Enter", true);
    });
  }

  endEdit(isChanged, isFocused) {
    const { input } = this;
    if (!input) return;
    this.input = null; // first: taking it away blurs it
    const name = input.value.trim();
    input.parentElement.remove();
    this.button.hidden = false;
    if (isFocused) this.button.focus();
    if (isChanged) this.on.rename(name);
    this.on.moved();
  }

  // --- the pointer --------------------------------------------------------------------------------------------

  // Labels lie over the map: it is dragged and zoomed through them.
  letDragsThrough() {
    const { box, button, canvas } = this;
    let from = null;
    box.addEventListener("pointerdown", (event) => {
      const isPlate = button.contains(event.target);
      if (!isPlate && event.target.closest("button, input")) return;
      from = event;
      // A quick pointer is off the label before it is seen to move; the canvas takes it over from here.
      (isPlate ? button : box).setPointerCapture(event.pointerId);
    });
    box.addEventListener("pointermove", (event) => {
      if (!from || !event.buttons || Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) < SLIP) return;
      canvas.dispatchEvent(new PointerEvent("pointerdown", from));
      from = null;
    });
    for (const name of ["pointerup", "pointercancel"]) box.addEventListener(name, () => (from = null));
    box.addEventListener("wheel", (event) => {
      event.preventDefault();
      canvas.dispatchEvent(new WheelEvent("wheel", event));
    }, { passive: false });
  }

  destroy() {
    clearTimeout(this.flying);
    if (this.box.matches(":focus-within")) this.canvas.focus({ preventScroll: true });
    this.input = null;
    this.box.remove();
  }
}
