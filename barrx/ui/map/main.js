/* One map view for each element on the page. Streamlit calls mount() again at every rerun. */

import { MapView } from "./view.js";

const views = new WeakMap();

export function mount({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".barrx-map");
  let view = views.get(root);
  if (!view) {
    view = new MapView(root, data.options);
    views.set(root, view);
  }
  view.update(data, {
    click: (index) => setTriggerValue("clicked", index),
    query: (text) => setTriggerValue("query", text),
    rename: (label, name) => setTriggerValue("renamed", { label, name }),
    select: (selection) => setStateValue("selection", selection),
    style: (text) => setStateValue("style", text),
    legend: (chosen) => setStateValue("legend", chosen),
    camera: (camera) => setStateValue("camera", camera),
  });
  // Streamlit also calls the clean-up of a call that a newer one has overtaken: the element itself tells.
  return () =>
    setTimeout(() => {
      if (root.isConnected) return;
      view.destroy();
      views.delete(root);
    });
}
