/* Points drawn straight into the bytes of an image: without a GPU many times faster than arcs or sprites. */

const SAMPLES = 4; // by side of a pixel, for smooth edges

function isWithin(shape, dx, dy, radius) {
  const x = Math.abs(dx);
  const y = Math.abs(dy);
  if (shape === 1) return x <= radius * 0.84 && y <= radius * 0.84;
  if (shape === 2) return x + y <= radius * 1.2;
  if (shape === 3) return dy <= radius * 0.75 && x <= (dy + radius * 1.1) * 0.62;
  return dx * dx + dy * dy <= radius * radius;
}

function coverage(shape, dx, dy, radius) {
  let hits = 0;
  for (let a = 0; a < SAMPLES; a++) {
    for (let b = 0; b < SAMPLES; b++) {
      hits += isWithin(shape, dx + (a + 0.5) / SAMPLES - 0.5, dy + (b + 0.5) / SAMPLES - 0.5, radius);
    }
  }
  return hits / SAMPLES ** 2;
}

/** Return the pixels a point covers: where each lies, and how much of it is covered, 0 to 256. */
export function brushOf(shape, radius, rim) {
  const reach = Math.ceil(radius + rim + 0.5);
  const pixels = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const ink = Math.round(256 * coverage(shape, dx, dy, radius));
      const ground = rim ? Math.round(180 * coverage(shape, dx, dy, radius + rim)) : 0;
      if (ink || ground) pixels.push({ dx, dy, ink, ground });
    }
  }
  return { reach, pixels };
}

// Mix two colours of ImageData; the alpha of the ground, which is opaque, is kept.
function blend(under, over, share) {
  const rest = 256 - share;
  const odd = ((Math.imul(over & 0xff00ff, share) + Math.imul(under & 0xff00ff, rest)) >>> 8) & 0xff00ff;
  const even = ((((over >>> 8) & 0xff) * share + ((under >>> 8) & 0xff) * rest) & 0xff00) >>> 0;
  return (0xff000000 | odd | even) >>> 0;
}

function stamp(buffer, at, brush, ink, ground) {
  const { offsets, inks, rims } = brush;
  for (let p = 0; p < offsets.length; p++) {
    const o = at + offsets[p];
    const share = inks[p];
    if (share === 256) buffer[o] = ink;
    else if (rims[p]) buffer[o] = blend(blend(buffer[o], ground, rims[p]), ink, share);
    else buffer[o] = blend(buffer[o], ink, share);
  }
}

function clippedStamp(canvas, x, y, brush, ink, ground) {
  const { buffer, width, height } = canvas;
  for (const pixel of brush.pixels) {
    const px = x + pixel.dx;
    const py = y + pixel.dy;
    if (px < 0 || py < 0 || px >= width || py >= height) continue;
    const o = py * width + px;
    buffer[o] = blend(blend(buffer[o], ground, pixel.ground), ink, pixel.ink);
  }
}

function laidOut(brush, width) {
  return {
    ...brush,
    offsets: Int32Array.from(brush.pixels, (p) => p.dy * width + p.dx),
    inks: Uint16Array.from(brush.pixels, (p) => p.ink),
    rims: Uint16Array.from(brush.pixels, (p) => p.ground),
  };
}

/**
 * Draw points into `canvas` ({buffer, width, height}, in device pixels).
 *
 * `view` is in device pixels too; `brushFor(group)` gives the brush of a group of points.
 */
export function splat(canvas, { x, y }, paint, view, brushFor, ground) {
  const { buffer, width, height } = canvas;
  const { scale, offsetX, offsetY } = view;
  const { inks, order, groups } = paint;
  for (const group of groups) {
    if (group.start === group.end) continue;
    const brush = laidOut(brushFor(group), width);
    const reach = brush.reach;
    for (let j = group.start; j < group.end; j++) {
      const i = order[j];
      // Compared before they are made integers: far outside they would wrap round into the picture.
      const fx = x[i] * scale + offsetX;
      const fy = offsetY - y[i] * scale;
      if (!(fx > -reach && fy > -reach && fx < width + reach && fy < height + reach)) continue;
      const px = Math.floor(fx);
      const py = Math.floor(fy);
      if (px >= reach && py >= reach && px < width - reach && py < height - reach) {
        stamp(buffer, py * width + px, brush, inks[i], ground);
      } else {
        clippedStamp(canvas, px, py, brush, inks[i], ground);
      }
    }
  }
}
