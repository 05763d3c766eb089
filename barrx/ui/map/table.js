/* The clusters as a table: all that their places and colours on the map say, in words and numbers. */

import { make } from "./dom.js";
import { chipOf } from "./legend.js";
import { shownNumber, shownShare } from "./numbers.js";

export class ClusterTable {
  /** `on` has the function fly(number). */
  constructor(root, words, on) {
    Object.assign(this, { words, on });
    this.body = make("div", { class: "table", tabindex: "0", role: "region", "aria-label": words.clusters });
    this.box = make("details", { class: "clusters" }, make("summary", {}, words.as_table), this.body);
    this.box.addEventListener("toggle", () => this.draw());
    root.append(this.box);
  }

  /** Take [{number, name, size, strength}, ...] with noise as -1; colours as for the legend, null for neutral ones. */
  update(clusters, colours, title) {
    Object.assign(this, { clusters, colours, title, isDrawn: false });
    this.box.hidden = !clusters.some(({ number }) => number >= 0);
    this.draw();
  }

  // Made when somebody opens it: it has a row for each of what may be hundreds of clusters.
  draw() {
    if (!this.box.open || this.isDrawn) return;
    this.isDrawn = true;
    const { words, clusters } = this;
    const total = clusters.reduce((sum, { size }) => sum + size, 0);
    const named = clusters.filter(({ number }) => number >= 0);
    const noise = clusters.filter(({ number }) => number < 0);
    const heads = [words.number, words.name, words.images, words.share, words.strength];
    const head = make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)));
    this.body.replaceChildren(
      make(
        "table",
        {},
        make("caption", {}, this.title),
        make("thead", {}, head),
        make("tbody", {}, ...[...named, ...noise].map((cluster) => this.row(cluster, total))),
      ),
    );
  }

  row({ number, name, size, strength }, total) {
    const { words, colours } = this;
    const share = shownShare(size / total);
    const isNoise = number < 0;
    const text = make("span", { dir: "auto" }, isNoise ? words.noise : name);
    const button = make("button", { type: "button", title: isNoise ? "" : `${words.fly}: ${name}` }, text);
    button.addEventListener("click", () => this.on.fly(number));
    return make(
      "tr",
      { "data-cluster": number },
      make("td", {}, isNoise ? "–" : shownNumber(number)),
      make("th", { scope: "row" }, chipOf(number, isNoise ? "·" : number, colours), isNoise ? text : button),
      make("td", {}, shownNumber(size)),
      make("td", {}, share),
      make("td", {}, isNoise ? "–" : strength.toFixed(2)),
    );
  }
}
