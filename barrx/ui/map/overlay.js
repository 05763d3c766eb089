/* What lies over points and pictures: the line one draws, rings round what is marked, dots for pictures to come. */

import { colourOf } from "./paint.js";
import { cssOf } from "./theme.js";

const MOST_RINGS = 500;

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
  for (const i of indexes.slice(0, MOST_RINGS)) {
    if (i < 0 || i >= positions.x.length) continue;
    const frame = frames.get(i);
    context.beginPath();
    if (frame) context.rect(frame.left - 2, frame.top - 2, frame.width + 4, frame.height + 4);
    else context.arc(...camera.toScreen(positions.x[i], positions.y[i]), radius + 3.5, 0, 2 * Math.PI);
    // Two lines, of the ground and of the text: seen on any picture.
    for (const [colour, width] of [[theme.ground, 5], [theme.text, 2]]) {
      context.lineWidth = width;
      context.strokeStyle = cssOf(colour);
      context.stroke();
    }
  }
}

/** Draw dots one by one, for the few pictures that have not come yet. */
export function drawDots(context, indexes, { camera, positions, points, colours, radius }) {
  for (const i of indexes) {
    context.beginPath();
    context.arc(...camera.toScreen(positions.x[i], positions.y[i]), radius, 0, 2 * Math.PI);
    context.fillStyle = cssOf(colourOf(points.colour[i], colours.palette, colours.noise));
    context.fill();
  }
}
