/* A soft outline behind each cluster, made once for an arrangement and kept as a path in data space. */

import { outlineOf } from "./outline.js";
import { colourOf } from "./paint.js";
import { cssOf } from "./theme.js";

const SMALLEST = 0.006; // of the map's extent: bandwidth of points at one place
const LINE = 1.25; // pixels
const FILL = 0.07;
const STROKE = 0.75;
const FADED = 0.3;
const PATIENCE = 60; // ms of one frame to make lines in; the others come with the next

// Through the middles of the sides, the corners pulling: a line without corners.
function pathOf(lines) {
  const path = new Path2D();
  for (const line of lines) {
    const middle = (k) => {
      const [one, other] = [line[k % line.length], line[(k + 1) % line.length]];
      return [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];
    };
    path.moveTo(...middle(line.length - 1));
    line.forEach((corner, k) => path.quadraticCurveTo(...corner, ...middle(k)));
    path.closePath();
  }
  return path;
}

export class Shading {
  constructor() {
    this.paths = new Map(); // by cluster
  }

  /** Take the clusters of an arrangement and its points; the lines are made when they are first drawn. */
  setClusters(clusters, points, bounds) {
    Object.assign(this, { clusters: clusters.filter(({ number }) => number >= 0), points });
    this.least = SMALLEST * (Math.max(bounds[1] - bounds[0], bounds[3] - bounds[2]) || 1);
    this.paths.clear();
  }

  // The path of a cluster; null if it is not made yet and this frame has no time left for it.
  pathOf({ number, members }, end) {
    if (!this.paths.has(number)) {
      if (performance.now() > end) return null;
      const { x, y, strength } = this.points;
      this.paths.set(number, pathOf(outlineOf(x, y, members, strength, this.least)));
    }
    return this.paths.get(number);
  }

  /**
   * Draw the outlines that are in view; return whether some of them are still to be made.
   *
   * `colours` holds the palette, `neutral` stands for it where the colours mean something else than clusters;
   * `isFaded(number)` tells which clusters are not meant.
   */
  draw(context, { camera, ratio, colours, neutral, isFaded }) {
    const { scale, offsetX, offsetY } = camera;
    context.save();
    context.setTransform(ratio * scale, 0, 0, -ratio * scale, ratio * offsetX, ratio * offsetY);
    context.lineWidth = LINE / scale;
    const end = performance.now() + PATIENCE;
    let isUnfinished = false;
    for (const cluster of this.clusters) {
      if (!isInView(cluster.box, camera, this.least)) continue;
      const path = this.pathOf(cluster, end);
      isUnfinished ||= !path;
      if (!path) continue;
      const share = isFaded(cluster.number) ? FADED : 1;
      const colour = neutral ?? colourOf(cluster.number, colours.palette, colours.noise);
      context.fillStyle = cssOf(colour, FILL * share);
      context.fill(path, "evenodd");
      context.strokeStyle = cssOf(colour, STROKE * share);
      context.stroke(path);
    }
    context.restore();
    return isUnfinished;
  }
}

// The line runs outside of the box of most members: by half its size at most.
function isInView([left, right, low, high], camera, least) {
  const room = Math.max((right - left) / 2, (high - low) / 2, 4 * least);
  const [x1, y1] = camera.toScreen(left - room, high + room);
  const [x2, y2] = camera.toScreen(right + room, low - room);
  return x2 > 0 && y2 > 0 && x1 < camera.width && y1 < camera.height;
}
