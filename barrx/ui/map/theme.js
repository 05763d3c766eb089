/* The colours of the page, as Streamlit hands them to components. */

const LEAST_CONTRAST = 3; // WCAG 1.4.11: of what is no text

const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/** Return any CSS colour as [red, green, blue], 0 to 255. */
export function rgbOf(color) {
  probe.fillStyle = "#000";
  probe.fillStyle = color;
  probe.fillRect(0, 0, 1, 1);
  return [...probe.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}

/** Return the colour that lies between two: share 0 is the first. */
export function mixed(from, to, share) {
  return from.map((channel, c) => Math.round(channel + (to[c] - channel) * share));
}

/** Return a colour as one number in the byte order of ImageData. */
export function packed([red, green, blue]) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

export function cssOf([red, green, blue], alpha = 1) {
  return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
}

function luminance(rgb) {
  const [red, green, blue] = rgb.map((channel) => (channel / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Return a colour moved towards the colour of the text until it stands out from the ground. */
export function legible(rgb, theme) {
  for (let share = 0; share < 1; share += 0.05) {
    const moved = mixed(rgb, theme.text, share);
    if (contrast(moved, theme.ground) >= LEAST_CONTRAST) return moved;
  }
  return theme.text;
}

/** Return black or white, whichever is read better on a colour. */
export function inkOn([red, green, blue]) {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 150 ? "#111" : "#fff";
}

/** Read the theme of an element. */
export function themeOf(element) {
  const style = getComputedStyle(element);
  const color = (name, fallback) => rgbOf(style.getPropertyValue(name).trim() || fallback);
  const [ground, text] = [color("--st-background-color", "#fff"), color("--st-text-color", "#222")];
  return {
    ground,
    text,
    isDark: luminance(ground) < luminance(text),
    accent: color("--st-primary-color", "#3b63a8"),
  };
}
