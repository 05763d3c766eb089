/* The browser's Back leads to a page as it was left.

Streamlit makes steps of its own: as a page is left it takes the parameters of its widgets out of the address, and as
the next one comes each widget adds its own. Back would stop at the page without its parameters, which widgets take
for their defaults. */

const LEAVING = 2000; // ms between the first thing that Streamlit does and the next page's address
const COMING = 8000; // ms in which the widgets of a page write what they have brought with them

let left = null; // the address that the page had before its parameters went
let came = -Infinity;

const isPart = (less, whole) => [...less].every(([name, value]) => whole.getAll(name).includes(value));

function step(push, state, title, url) {
  const here = new URL(location), there = new URL(url ?? here, here), now = performance.now();
  const isLeaving = left?.url.pathname === here.pathname && now - left.at < LEAVING;
  if (there.pathname !== here.pathname) {
    if (isLeaving) history.replaceState(left.state, "", left.url);
    [left, came] = [null, now];
    push(state, title, url);
    return;
  }
  const isTaken = there.search !== here.search && isPart(there.searchParams, here.searchParams);
  if (isTaken && !isLeaving) left = { state: history.state, url: here, at: now };
  if (isTaken || isLeaving || now - came < COMING) history.replaceState(state, title, url);
  else push(state, title, url);
}

export default function () {
  if (history.pushState.isOurs) return;
  const push = history.pushState.bind(history);
  addEventListener("popstate", () => ([left, came] = [null, performance.now()]));
  history.pushState = Object.assign((...asked) => step(push, ...asked), { isOurs: true });
}
