/* What lies over points and pictures: the line one draws, rings, links, and dots for pictures to come. */

import { colourOf, shapeOf, trace } from "./paint.js";
import { cssOf } from "./theme.js";

const MANY_RINGS = 200;

/** Draw a selection, given as places on the screen. */
export function drawLine(context, line, theme) {
  if (!line || line.length < 2) return;
  context.beginPath();
  line.forEach(([x, y], k) => (k ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
  context.fillStyle = cssOf(theme.accent, 0.09);
  context.fill();
  context.setLineDash([6, 4]);
  context.lineWidth = 1.5;
  context.strokeStyle = cssOf(theme.accent);
  context.stroke();
  context.setLineDash([]);
}

/** Ring the points at some places, or the pictures that lie there. */
export function drawRings(context, indexes, { camera, positions, pictures, radius }, theme) {
  const frames = new Map(pictures.drawn.map((picture) => [picture.i, picture]));
  const reach = radius + 3.5;
  // One path for all: to draw each by itself takes a second at 5,000.
  const rings = new Path2D();
  for (const i of indexes) {
    if (i < 0 || i >= positions.x.length) continue;
    const frame = frames.get(i);
    const [x, y] = camera.toScreen(positions.x[i], positions.y[i]);
    if (frame) rings.rect(frame.left - 2, frame.top - 2, frame.width + 4, frame.height + 4);
    else if (x > -reach && y > -reach && x < camera.width + reach && y < camera.height + reach) {
      rings.moveTo(x + reach, y);
      rings.arc(x, y, reach, 0, 2 * Math.PI);
    }
  }
  // Two lines, of the ground and of the text: seen on any picture.
  const isMany = indexes.length > MANY_RINGS;
  for (const [colour, width] of isMany ? [[theme.text, 1]] : [[theme.ground, 5], [theme.text, 2]]) {
    context.lineWidth = width;
    context.strokeStyle = cssOf(colour);
    context.stroke(rings);
  }
}

/** Join pairs of pictures by lines. */
export function drawLinks(context, lines, { camera, positions }, theme) {
  const path = new Path2D();
  const n = positions.x.length;
  for (const [from, to] of lines) {
    if (from >= n || to >= n) continue;
    path.moveTo(...camera.toScreen(positions.x[from], positions.y[from]));
    path.lineTo(...camera.toScreen(positions.x[to], positions.y[to]));
  }
  for (const [colour, width] of [[cssOf(theme.ground, 0.8), 4], [cssOf(theme.accent), 1.75]]) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke(path);
  }
}

/** Draw dots one by one, for the few pictures that have not come yet. */
export function drawDots(context, indexes, { camera, positions, points, colours, radius }) {
  for (const i of indexes) {
    context.beginPath();
    const shape = shapeOf(points.colour[i], colours.palette);
    trace(context, shape, ...camera.toScreen(positions.x[i], positions.y[i]), radius);
    context.fillStyle = cssOf(colourOf(points.colour[i], colours.palette, colours.noise));
    context.fill();
  }
}
