/* A picture that is zoomed and dragged inside a stage. Scale 1 shows the whole of it. */

const WHEEL = 0.002;
const LINE = 18; // pixels, for mice that count in lines
const PINCH = 6; // a trackpad's pinch arrives as a small wheel turn with Control
const CLOSER = 2.5; // what a double click zooms to
const MOST = 8;
const MOST_PIXEL = 4; // screen pixels for a pixel of the picture
const SWIPE = 60; // pixels of a finger's way to the next picture
const TWICE = 350; // ms between the taps of a double tap
const STILL = 8; // pixels a finger may move and still tap

export class Zoom {
  /** `swiped(step)` is called when a finger wipes the whole picture aside, `changed(scale)` after each change. */
  constructor(stage, image, { swiped, changed }) {
    Object.assign(this, { stage, image, swiped, changed });
    this.pointers = new Map();
    const on = (name, listener, options) => stage.addEventListener(name, listener.bind(this), options);
    on("wheel", this.wheel, { passive: false });
    on("pointerdown", this.down);
    on("pointermove", this.move);
    on("pointerup", this.up);
    on("pointercancel", this.up);
    on("dblclick", (event) => this.pointer === "mouse" && this.toggle(event));
    // Else a double click selects text, and the next drag carries it away.
    on("mousedown", (event) => event.preventDefault());
    this.reset();
  }

  reset() {
    [this.scale, this.x, this.y] = [1, 0, 0];
    this.pointers.clear();
    this.draw();
  }

  /** Zoom by a factor; the place (in CSS pixels from the middle of the stage) stays where it is. */
  by(factor, [atX, atY] = [0, 0]) {
    const before = this.scale;
    this.scale = Math.min(this.most(), Math.max(1, before * factor));
    const share = this.scale / before;
    this.x = atX - (atX - this.x) * share;
    this.y = atY - (atY - this.y) * share;
    this.draw();
  }

  toggle(event) {
    if (this.scale > 1) this.reset();
    else this.by(CLOSER, this.place(event));
  }

  draw() {
    const [width, height] = this.size();
    const [roomX, roomY] = [width * this.scale - this.stage.clientWidth, height * this.scale - this.stage.clientHeight];
    const within = (value, room) => Math.min(Math.max(room, 0) / 2, Math.max(-Math.max(room, 0) / 2, value));
    this.x = within(this.x, roomX);
    this.y = within(this.y, roomY);
    this.image.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.stage.classList.toggle("zoomed", this.scale > 1);
    this.stage.dataset.scale = this.scale.toFixed(3);
    this.changed(this.scale);
  }

  /** Return the size of the whole picture on the stage. */
  size() {
    const { naturalWidth: width, naturalHeight: height } = this.image;
    if (!width || !height) return [0, 0];
    const fit = Math.min(this.stage.clientWidth / width, this.stage.clientHeight / height);
    return [width * fit, height * fit];
  }

  most() {
    const [width] = this.size();
    return Math.max(MOST, width ? (MOST_PIXEL * this.image.naturalWidth) / width : 1);
  }

  place(event) {
    const box = this.stage.getBoundingClientRect();
    return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
  }

  wheel(event) {
    event.preventDefault();
    const turn = event.deltaY * (event.deltaMode ? LINE : 1) * (event.ctrlKey ? PINCH : 1);
    this.by(Math.exp(-Math.max(-300, Math.min(300, turn)) * WHEEL), this.place(event));
  }

  down(event) {
    if (event.button) return;
    this.pointer = event.pointerType;
    this.stage.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.place(event));
    this.from = this.pointers.size === 1 ? this.place(event) : null;
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const at = this.place(event);
    this.pointers.set(event.pointerId, at);
    if (this.pointers.size === 2) this.pinch(event.pointerId, before, at);
    else if (this.scale > 1) this.pan(at[0] - before[0], at[1] - before[1]);
  }

  pan(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.draw();
  }

  pinch(id, before, at) {
    const [, other] = [...this.pointers].find(([key]) => key !== id);
    const spread = (place) => Math.max(10, Math.hypot(place[0] - other[0], place[1] - other[1]));
    const middle = (place) => [(place[0] + other[0]) / 2, (place[1] + other[1]) / 2];
    const [from, to] = [middle(before), middle(at)];
    this.pan(to[0] - from[0], to[1] - from[1]);
    this.by(spread(at) / spread(before), to);
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId) || !this.from || event.pointerType === "mouse") return;
    const at = this.place(event);
    const [dx, dy] = [at[0] - this.from[0], at[1] - this.from[1]];
    this.from = null;
    if (event.type === "pointercancel") return;
    if (Math.hypot(dx, dy) < STILL) this.tap(event);
    else if (this.scale === 1 && Math.abs(dx) > SWIPE && Math.abs(dx) > 2 * Math.abs(dy)) this.swiped(dx < 0 ? 1 : -1);
  }

  // Not every browser makes a double click of two taps where touches are not its own to use: none is asked to.
  tap(event) {
    const isSecond = event.timeStamp - (this.tapped ?? -Infinity) < TWICE;
    this.tapped = isSecond ? -Infinity : event.timeStamp;
    if (isSecond) this.toggle(event);
  }
}
