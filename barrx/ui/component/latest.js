
/* Streamlit imports a component anew for each run of the page, and the browser may answer imports of one module in any
   order: without this, the data of an older run would be shown in the place of a newer one's, and stay. */

const latestRuns = new WeakMap(); // element -> the run whose data it shows

export default function (component) {
  const { parentElement, data } = component;
  if (data.run < (latestRuns.get(parentElement) ?? 0)) return undefined;
  latestRuns.set(parentElement, data.run);
  return mountLatest(component);
}
