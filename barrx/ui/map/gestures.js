/* Pointer, wheel and keyboard turned into what they mean on a map. */

const CLICK = 5; // pixels a pointer may move and still click
const STEP = 60; // pixels for an arrow key
const KEY_ZOOM = 1.5;
const WHEEL = 0.0018;
const LINE = 18; // pixels, for mice that count in lines
const PINCH = 6; // a trackpad's pinch arrives as a small wheel turn with Control
const TWICE = 500; // ms between the clicks of a double click, as browsers have it
const NEAR = 8; // pixels between them
const CLOSER = 2; // times, for a double click

/**
 * Tell a map what the user does on its canvas.
 *
 * `map` has the functions tool(), isAdding(), sketching(line), sketched(line, isAdding), escape(), visit(step), and
 * the fields `pointer` and `navigation`. Places are in CSS pixels from the canvas's corner; lines are lists of such
 * places.
 */
export class Gestures {
  constructor(canvas, map) {
    Object.assign(this, { canvas, map });
    this.pointers = new Map();
    this.drag = null;
    this.clicked = { time: -Infinity, place: [0, 0] };
    this.end = new AbortController();
    const on = (name, listener, options = {}) =>
      canvas.addEventListener(name, listener.bind(this), { ...options, signal: this.end.signal });
    on("pointerdown", this.down);
    on("pointermove", this.move);
    on("pointerup", this.up);
    on("pointercancel", this.cancel);
    on("pointerleave", (event) => event.pointerType === "mouse" && map.pointer.leave());
    on("wheel", this.wheel, { passive: false });
    on("dblclick", this.doubleClick);
    on("keydown", this.key);
    // Control and a click open a menu on some systems; here they draw a lasso.
    on("contextmenu", (event) => event.ctrlKey && event.preventDefault());
  }

  destroy() {
    this.end.abort();
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  kindOf(event) {
    if (event.button === 1) return "pan";
    const tool = this.map.tool();
    const isLasso = event.ctrlKey || event.metaKey;
    if (tool !== "pan") return isLasso ? "lasso" : tool;
    if (event.shiftKey) return "box";
    return isLasso || event.altKey ? "lasso" : "pan";
  }

  isAdding(event) {
    return event.altKey || this.map.isAdding() || (event.shiftKey && this.map.tool() !== "pan");
  }

  down(event) {
    if (event.button > 1) return;
    this.canvas.setPointerCapture(event.pointerId);
    const at = this.place(event);
    this.pointers.set(event.pointerId, at);
    if (this.pointers.size > 1) {
      // A second finger: whatever the first had begun, this is a pinch now.
      if (this.drag?.line) this.map.sketching(null);
      this.drag = null;
      return;
    }
    const kind = this.kindOf(event);
    const line = kind === "pan" ? null : [at];
    this.drag = { kind, from: at, last: at, moved: 0, line, isAdding: this.isAdding(event) };
  }

  move(event) {
    const at = this.place(event);
    if (!this.pointers.has(event.pointerId)) {
      this.map.pointer.hover(...at);
      return;
    }
    if (this.pointers.size > 1) this.pinch(event.pointerId, at);
    else if (this.drag) this.dragTo(at);
    this.pointers.set(event.pointerId, at);
  }

  dragTo(at) {
    const { drag } = this;
    const [dx, dy] = [at[0] - drag.last[0], at[1] - drag.last[1]];
    drag.moved += Math.hypot(dx, dy);
    drag.last = at;
    if (drag.kind === "pan") {
      if (drag.moved >= CLICK) this.map.navigation.pan(dx, dy);
      return;
    }
    if (drag.kind === "lasso") drag.line.push(at);
    else drag.line = [drag.from, [at[0], drag.from[1]], at, [drag.from[0], at[1]]];
    if (drag.moved >= CLICK) this.map.sketching(drag.line);
  }

  pinch(id, at) {
    const [other] = [...this.pointers].find(([key]) => key !== id).slice(1);
    const before = this.pointers.get(id);
    const spread = (place) => Math.max(10, Math.hypot(place[0] - other[0], place[1] - other[1]));
    const middle = (place) => [(place[0] + other[0]) / 2, (place[1] + other[1]) / 2];
    const [from, to] = [middle(before), middle(at)];
    this.map.navigation.pan(to[0] - from[0], to[1] - from[1]);
    this.map.navigation.zoom(spread(at) / spread(before), ...to);
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId) || !this.drag) return;
    const { moved, line, last, isAdding } = this.drag;
    this.drag = null;
    if (moved >= CLICK) {
      if (line) this.map.sketched(line, isAdding);
      return;
    }
    if (line) this.map.sketching(null);
    this.click(event, last);
  }

  click(event, at) {
    const reach = event.pointerType === "mouse" ? 10 : 18;
    if (event.shiftKey || this.map.isAdding()) {
      this.map.pointer.pick(...at, reach);
      return;
    }
    // The second click of a double click zooms and opens nothing.
    const { time, place } = this.clicked;
    const isSecond = event.timeStamp - time < TWICE && Math.hypot(at[0] - place[0], at[1] - place[1]) < NEAR;
    this.clicked = { time: event.timeStamp, place: at };
    if (!isSecond) this.map.pointer.click(...at, reach);
  }

  // Its first click has opened a picture already: to wait for a second one would make every card late.
  doubleClick(event) {
    this.map.pointer.takeBack();
    this.map.navigation.zoomAt(event.shiftKey ? 1 / CLOSER : CLOSER, ...this.place(event));
  }

  cancel(event) {
    this.pointers.delete(event.pointerId);
    if (this.drag?.line) this.map.sketching(null);
    this.drag = null;
  }

  wheel(event) {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode ? LINE : 1) * (event.ctrlKey ? PINCH : 1);
    this.map.navigation.zoom(Math.exp(-Math.max(-400, Math.min(400, pixels)) * WHEEL), ...this.place(event));
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Tab") {
      // Behind the last cluster Tab leaves the map, as everywhere.
      if (this.map.visit(event.shiftKey ? -1 : 1)) event.preventDefault();
      return;
    }
    const step = event.shiftKey ? 3 * STEP : STEP;
    const { navigation, pointer } = this.map;
    const actions = {
      ArrowLeft: () => navigation.glide(step, 0),
      ArrowRight: () => navigation.glide(-step, 0),
      ArrowUp: () => navigation.glide(0, step),
      ArrowDown: () => navigation.glide(0, -step),
      "+": () => navigation.step(KEY_ZOOM),
      "=": () => navigation.step(KEY_ZOOM),
      "-": () => navigation.step(1 / KEY_ZOOM),
      0: () => navigation.fit(),
      Escape: () => this.map.escape(),
      Enter: () => pointer.open(),
      " ": () => pointer.toggle(),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }
}
