/* Numbers as the language of the page writes them. */

const formats = new Map(); // one for each language and style: making one takes longer than using it a hundred times

function formatOf(options) {
  const language = document.documentElement.lang || undefined;
  const key = JSON.stringify([language, options]);
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(language, options));
  return formats.get(key);
}

export function shownNumber(value) {
  return formatOf({}).format(value);
}

/** Return a share from 0 to 1 in per cent; small ones with a decimal. */
export function shownShare(share) {
  const digits = share < 0.01 ? 1 : 0;
  return formatOf({ style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits }).format(share);
}
