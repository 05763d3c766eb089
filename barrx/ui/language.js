/* The page says its language, and so does its address if it is not the browser's own. */

const AGAIN = [250, 1500]; // ms: Streamlit writes the parameters of its widgets, and would write over this one

function write({ name, language, isOfBrowser }) {
  const query = new URLSearchParams(location.search);
  if (query.get(name) === (isOfBrowser ? null : language)) return;
  if (isOfBrowser) query.delete(name);
  else query.set(name, language);
  const text = query.toString();
  history.replaceState(history.state, "", location.pathname + (text && `?${text}`) + location.hash);
}

export default function ({ data }) {
  const { documentElement: page } = document;
  page.lang = data.language;
  write(data);
  for (const wait of AGAIN) setTimeout(() => page.lang === data.language && write(data), wait);
}
