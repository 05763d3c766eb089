/* The page says its language, and so does its address if it is not the browser's own. */

export default function ({ data }) {
  document.documentElement.lang = data.language;
  const query = new URLSearchParams(location.search);
  // Streamlit writes it when it is chosen, and leaves it out when a button leads to another page.
  if (data.isOfBrowser || query.has(data.name)) return;
  query.set(data.name, data.language);
  history.replaceState(history.state, "", `${location.pathname}?${query}${location.hash}`);
}
