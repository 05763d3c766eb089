/* One card for each element on the page. Streamlit calls mount() again at every rerun. */

import { Card } from "./card.js";

const cards = new WeakMap();

export function mount({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".barrx-card");
  let card = cards.get(root);
  if (!card) {
    card = new Card(root, data.words);
    cards.set(root, card);
  }
  card.update(data, (index) => setTriggerValue("picked", index));
  // Streamlit also calls the clean-up of a call that a newer one has overtaken: the element itself tells.
  return () =>
    setTimeout(() => {
      if (root.isConnected) return;
      card.destroy();
      cards.delete(root);
    });
}
