/* Maps of one collection on one page: what is pointed at on one has a ring on the others. */

const views = new Set();

export const join = (view) => views.add(view);

export function leave(view) {
  views.delete(view);
  point(view, -1);
}

/** Tell the other maps which picture is pointed at; -1 for none. */
export function point(view, i) {
  for (const other of views) {
    if (other === view || other.companion === i || other.options.collection !== view.options.collection) continue;
    other.companion = i;
    other.invalidate();
  }
}
