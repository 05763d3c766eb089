/* The canvas, and the three layers on it: points, pictures, marks. */

import { drawDots, drawLine, drawLinks, drawRings } from "./overlay.js";
import { USUAL_SIDE } from "./pictures.js";
import { brushOf, splat } from "./splat.js";
import { packed } from "./theme.js";

const SHARPEST = 2; // device pixels in a CSS pixel; more cannot be seen and costs the square of it
const RIM = 1; // pixels of ground round a point, where there are not too many points
const SIZES = [
  // up to so many points, so large a radius in pixels
  [1_500, 4.2],
  [15_000, 2.7],
  [Infinity, 1.5],
];
const BESIDE = 0.46; // of the distance of two places in a grid: points side by side do not touch
const FEW = 15_000;
const USUAL_PICTURE = 40;

export class Screen {
  constructor(canvas) {
    this.canvas = canvas;
    // The points are written as bytes: a canvas in main memory takes them ten times faster than one on a GPU.
    this.context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    this.brushes = new Map();
  }

  get wantedRatio() {
    return Math.min(SHARPEST, window.devicePixelRatio || 1);
  }

  /** Whether the window has moved to a screen of another resolution. */
  get isStale() {
    return this.ratio !== this.wantedRatio;
  }

  resize(width, height) {
    const { canvas, context } = this;
    this.ratio = this.wantedRatio;
    canvas.width = Math.round(width * this.ratio);
    canvas.height = Math.round(height * this.ratio);
    this.image = context.createImageData(canvas.width, canvas.height);
    this.buffer = new Uint32Array(this.image.data.buffer);
    this.brushes.clear();
  }

  /** Return the radius of a point in CSS pixels: it grows a little as one zooms in. */
  radiusOf(scene) {
    const [, usual] = SIZES.find(([most]) => scene.points.n <= most);
    const { camera, size } = scene;
    const growth = Math.min(2.2, Math.max(1, camera.zoom ** 0.3));
    const room = Math.min(1, Math.sqrt(Math.min(camera.width, camera.height) / USUAL_SIDE));
    const most = scene.pitch ? Math.max(0.75, BESIDE * scene.pitch * camera.scale) : Infinity;
    return Math.min(most, usual * growth * room * Math.sqrt(size / USUAL_PICTURE));
  }

  brush(shape, radius, rim) {
    const rounded = Math.max(0.75, Math.round(radius * 4) / 4);
    const key = `${shape}/${rounded}/${rim}`;
    if (!this.brushes.has(key)) this.brushes.set(key, brushOf(shape, rounded, rim));
    return this.brushes.get(key);
  }

  /**
   * Draw points and pictures; return whether another frame is needed for all of it.
   *
   * `scene` holds camera, points, positions, paint, colours, theme, pictures, marked, mode, size, isMoving, and gets
   * ratio and radius; `drawBetween` draws what lies over the points and under the pictures, and tells the same.
   */
  draw(scene, drawBetween) {
    const { context, ratio } = this;
    scene.ratio = ratio;
    scene.radius = this.radiusOf(scene);
    // Without room for a picture, a picture's place is a point's.
    if (scene.mode === "pictures" && !scene.pictures.haveRoom(scene)) scene.mode = "both";
    this.drawPoints(scene);
    const isUnfinished = drawBetween();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (scene.mode === "dots") scene.pictures.drawn = [];
    else {
      const missing = scene.pictures.draw(context, scene);
      if (scene.mode === "pictures") drawDots(context, missing, scene);
    }
    return isUnfinished;
  }

  drawPoints({ camera, points, positions, paint, theme, mode, radius }) {
    const { buffer, image, ratio, canvas } = this;
    const ground = packed(theme.ground);
    buffer.fill(ground);
    if (mode !== "pictures") {
      const rim = points.n <= FEW ? RIM * ratio : 0;
      const view = {
        scale: camera.scale * ratio,
        offsetX: camera.offsetX * ratio,
        offsetY: camera.offsetY * ratio,
      };
      const brushFor = ({ shape, isQuiet }) => this.brush(shape, radius * ratio * (isQuiet ? 0.8 : 1), rim);
      splat({ buffer, width: canvas.width, height: canvas.height }, positions, paint, view, brushFor, ground);
    }
    this.context.putImageData(image, 0, 0);
  }

  /** Draw links between pictures, the selection's line, and rings, over the scene drawn before. */
  drawMarks(scene, { links, line, rings }) {
    drawLinks(this.context, links, scene, scene.theme);
    drawLine(this.context, line, scene.theme);
    drawRings(this.context, rings, scene, scene.theme);
  }
}
