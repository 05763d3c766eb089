/* Thumbnails on the map: which of them, how large, and drawing them. */

import { HIDDEN, Representatives, levelFor } from "./representatives.js";
import { colourOf, shapeOf, trace } from "./paint.js";
import { cssOf } from "./theme.js";

export const SMALLEST = 20;
export const LARGEST = 96;
export const USUAL_SIDE = 560; // pixels of the map; on a smaller one pictures and points are smaller
const GROWTH = 0.25; // pictures grow with this power of the zoom
const MOST_GROWTH = 3;
const SPACE = { both: 1.2, pictures: 0.98 }; // width of a cell, in pictures
const TILE = 10; // pixels between neighbouring places of a grid from which on each shows its picture
const LARGEST_TILE = 320;
const TILE_ROOM = 0.94; // of the distance, for picture and frame
const FADED = 0.18;
const MOST_MARKED = 20;
const MARKED = 18; // pixels of a picture whose frame has room for a shape
const MARK = 0.14; // of the picture's width: radius of the shape
const MOST_MARK = 8;
const RIM = 1.5;
const NONE = new Uint32Array(0);
const MOST_SPARED = 1500; // pictures that labels make way for; with more of them one is far inside of the map

export class Pictures {
  constructor(thumbnails) {
    this.thumbnails = thumbnails;
    this.drawn = []; // [{i, x, y, width, height}], the one on top last
  }

  /**
   * Take the points of a map, known by the name of their arrangement; `bright` marks those that are not faded,
   * `visible` those that are not hidden, null all.
   */
  setPoints(points, bounds, { bright, visible }, arrangement) {
    const isKnown =
      this.arrangement === arrangement && isSame(this.bright, bright) && isSame(this.visible, visible);
    if (!isKnown) {
      this.representatives = new Representatives(points.x, points.y, bounds, meritOf(points, bright, visible));
    }
    Object.assign(this, { arrangement, bright, visible });
  }

  sizeAt(camera, size) {
    const room = Math.min(1, Math.max(0.7, Math.min(camera.width, camera.height) / USUAL_SIDE));
    return size * room * Math.min(MOST_GROWTH, Math.max(0.75, camera.zoom ** GROWTH));
  }

  /** How large the pictures of a grid are, whose places are `pitch` apart: 0 where they would be too small. */
  tileAt(camera, pitch) {
    const room = pitch ? pitch * camera.scale : 0;
    return room < TILE ? 0 : Math.min(LARGEST_TILE, room * TILE_ROOM) - 2 * frameOf(room);
  }

  /** Whether points are shown as pictures: one that stood for a part of a pile would cover the piles beside it. */
  haveRoom({ camera, pitch, isPiled }) {
    return !isPiled || this.tileAt(camera, pitch) > 0;
  }

  /** Return how wide pictures are. */
  widthIn({ camera, size, pitch }) {
    return this.tileAt(camera, pitch) || this.sizeAt(camera, size);
  }

  /** Return the points that pictures stand at, wherever the map is moved. */
  standing(scene) {
    if (!this.haveRoom(scene)) return NONE;
    const { camera, mode, pitch } = scene;
    const isTiled = this.tileAt(camera, pitch) > 0;
    return this.representatives.at(isTiled ? Infinity : levelFor((this.widthIn(scene) * SPACE[mode]) / camera.scale));
  }

  /** Return the pictures that are worth to be kept in sight at this scale: {shown (points), width}. */
  spared(scene) {
    const isSparse = scene.mode !== "dots" && !this.tileAt(scene.camera, scene.pitch);
    const shown = isSparse ? this.standing(scene) : NONE;
    return { shown: shown.length > MOST_SPARED ? NONE : shown, width: this.widthIn(scene) };
  }

  /** Return the points that are to be shown as pictures in this view, the one to lie on top first. */
  chosen(scene, width) {
    const { camera, positions, marked } = scene;
    const shown = [];
    const add = (i) => {
      const x = positions.x[i] * camera.scale + camera.offsetX;
      const y = camera.offsetY - positions.y[i] * camera.scale;
      if (x > -width && y > -width && x < camera.width + width && y < camera.height + width) {
        shown.push({ i, x, y });
      }
    };
    const isThere = (i) => i >= 0 && i < positions.x.length && (!this.visible || this.visible[i]);
    const first = new Set(marked.slice(0, MOST_MARKED).filter(isThere));
    for (const i of first) add(i);
    for (const i of this.standing(scene)) if (!first.has(i)) add(i);
    return shown;
  }

  /**
   * Draw the pictures that are loaded and ask for the others. Return the points that have to stay dots.
   *
   * `scene` holds camera, positions, points, colours, marked (points shown in any case), mode, size, isMoving, and
   * ratio (device pixels in a CSS pixel).
   */
  draw(context, scene) {
    const { camera, ratio, isMoving } = scene;
    const width = this.widthIn(scene);
    const shown = this.chosen(scene, width);
    const side = width * ratio > 120 ? 320 : 96;
    const waiting = [];
    const missing = [];
    this.drawn = [];
    context.imageSmoothingQuality = isMoving ? "low" : "medium";
    for (let k = shown.length - 1; k >= 0; k--) {
      const place = shown[k];
      const bitmap = this.thumbnails.get(place.i, side);
      if (!bitmap || (side > bitmap.width && side > bitmap.height)) waiting.push(place);
      if (bitmap) this.drawOne(context, bitmap, place, width, scene);
      else missing.push(place.i);
    }
    this.ask(waiting, camera, side);
    return missing;
  }

  drawOne(context, bitmap, { i, x, y }, width, { points, colours, theme }) {
    const fit = width / Math.max(bitmap.width, bitmap.height);
    // Whole pixels: a picture that falls between two is blurred.
    const w = Math.max(2, Math.round(bitmap.width * fit));
    const h = Math.max(2, Math.round(bitmap.height * fit));
    const left = Math.round(x - w / 2);
    const top = Math.round(y - h / 2);
    const isFaded = this.bright && !this.bright[i];
    const frame = frameOf(width);
    context.globalAlpha = isFaded ? FADED : 1;
    const colour = cssOf(colourOf(points.colour[i], colours.palette, colours.noise));
    context.fillStyle = colour;
    if (!isFaded) context.fillRect(left - frame, top - frame, w + 2 * frame, h + 2 * frame);
    context.drawImage(bitmap, left, top, w, h);
    const shape = shapeOf(points.colour[i], colours.palette);
    if (shape && !isFaded && width >= MARKED) this.drawShape(context, shape, left, top, width, [colour, theme]);
    context.globalAlpha = 1;
    this.drawn.push({ i, left: left - frame, top: top - frame, width: w + 2 * frame, height: h + 2 * frame });
  }

  // A frame has a colour only: where that stands for several, the shape of the points is in its corner.
  drawShape(context, shape, left, top, width, [colour, theme]) {
    const radius = Math.min(MOST_MARK, width * MARK);
    for (const [ink, reach] of [[cssOf(theme.ground), radius + RIM], [colour, radius]]) {
      context.beginPath();
      trace(context, shape, left + radius / 2, top + radius / 2, reach);
      context.fillStyle = ink;
      context.fill();
    }
  }

  ask(waiting, camera, side) {
    const fromCentre = ({ x, y }) => Math.abs(x - camera.width / 2) + Math.abs(y - camera.height / 2);
    waiting.sort((a, b) => fromCentre(a) - fromCentre(b));
    this.thumbnails.want(waiting.map(({ i }) => i), side);
  }

  /** Return the point whose picture lies under a place of the screen, -1 if there is none. */
  at(x, y) {
    for (let k = this.drawn.length - 1; k >= 0; k--) {
      const { i, left, top, width, height } = this.drawn[k];
      if (x >= left && y >= top && x <= left + width && y <= top + height) return i;
    }
    return -1;
  }
}

function frameOf(width) {
  return width > 60 ? 3 : width > 24 ? 2 : 1;
}

// A picture that is not faded stands before one that is, and one that belongs somewhere before noise.
function meritOf({ n, strength }, bright, visible) {
  const merit = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    if (visible && !visible[i]) merit[i] = HIDDEN;
    else merit[i] = (!bright || bright[i] ? 2 : 0) + (strength[i] ? 1 : 0);
  }
  return merit;
}

function isSame(one, other) {
  return one === other || (one?.length === other?.length && one.every((value, i) => value === other[i]));
}
