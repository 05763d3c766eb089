/* What names and orders the points: outlines, labels, axes, the small map, the legend, the table of the clusters. */

import { Axes } from "./axes.js";
import { clustersOf } from "./clusters.js";
import { Labels } from "./labels.js";
import { Legend } from "./legend.js";
import { Minimap } from "./minimap.js";
import { Shading } from "./shading.js";
import { ClusterTable } from "./table.js";
import { mixed } from "./theme.js";

const FACE_SIDE = 96;
const NEUTRAL = 0.6; // of the colour of the text

/** `view` is the map view: its points, options, colours, theme, camera and state are read. */
export class Marks {
  constructor(view, beside, words) {
    this.view = view;
    this.clusters = [];
    this.bright = null; // numbers of the clusters that are not faded; null when none is
    this.shading = new Shading();
    this.axes = new Axes();
    this.labels = new Labels(view.stage, view.canvas, words, {
      fly: (number) => this.fly(number),
      select: (number) => view.selectCluster(number),
      rename: (number, name) => view.rename(number, name),
      moved: () => view.invalidate(),
    });
    this.minimap = new Minimap(view.stage, view.navigation);
    this.legend = new Legend(beside, { change: () => view.broughtOut(), select: (role, value) => view.selectEntry(role, value) });
    this.table = new ClusterTable(view.root, words, { fly: (number) => this.fly(number) });
  }

  /** Take what the view has read. */
  update() {
    const { points, options, colours, theme, camera, root, toolbar, thumbnails } = this.view;
    const isKnown = ["x", "y", "cluster", "strength"].every((role) => this.points?.[role] === points[role]);
    this.points = points;
    if (!isKnown) {
      this.clusters = clustersOf(points);
      this.shading.setClusters(this.clusters, points, camera.bounds);
    }
    // The colours may mean something else; a cluster is drawn in grey then.
    const isByCluster = isSame(points.colour, points.cluster);
    this.neutral = isByCluster ? null : mixed(theme.ground, theme.text, NEUTRAL);
    this.axes.update(options.axes, getComputedStyle(root).fontFamily);
    this.legend.update(options, colours, options.words, isByCluster);
    const named = this.named();
    const marked = new Set(options.clusters.map((mark) => mark.label));
    this.labels.update(named.filter(({ number }) => marked.has(number)), {
      colours: isByCluster ? colours : null,
      isEditable: options.editable,
      addressOf: options.token ? (i) => thumbnails.address(i, FACE_SIDE) : null,
    });
    this.table.update(named, isByCluster ? colours : null, options.alt);
    toolbar.showClusters(this.clusters.some(({ number }) => number >= 0));
  }

  named() {
    const marks = new Map(this.view.options.clusters.map((mark) => [mark.label, mark]));
    return this.clusters.map((cluster) => {
      const { name = String(cluster.number), representatives = [] } = marks.get(cluster.number) ?? {};
      return { ...cluster, name, representatives };
    });
  }

  /** After the points were painted anew; `bright` marks those that are not faded, null all. */
  repaint(bright) {
    const { points, paint, theme, camera } = this.view;
    this.minimap.draw({ points, paint, theme, bounds: camera.bounds });
    this.bright = bright && new Set(points.cluster.filter((_, i) => bright[i]));
  }

  get isByCluster() {
    return !this.neutral;
  }

  isFaded(number) {
    return Boolean(this.bright) && !this.bright.has(number);
  }

  // Where places mean something else than likeness, clusters lie scattered: they have no outline and no middle.
  get areClustersPlaces() {
    return !this.view.options.axes && !this.view.travel;
  }

  fly(number) {
    const { navigation } = this.view;
    navigation.flyTo(this.clusters.find((cluster) => cluster.number === number).box);
    navigation.byUser();
  }

  /** Draw what lies between points and pictures; return whether there is more of it to be drawn in another frame. */
  drawUnder(scene) {
    const { state, travel, screen } = this.view;
    const isFaded = (number) => this.isFaded(number);
    const areOutlined = this.areClustersPlaces && state.outlines;
    const isUnfinished = areOutlined && this.shading.draw(screen.context, { ...scene, neutral: this.neutral, isFaded });
    if (!travel) this.axes.drawLines(screen.context, scene);
    return isUnfinished;
  }

  /** Draw what lies over everything, and put the elements over the canvas in their places. */
  drawOver(scene) {
    const { state, travel, screen } = this.view;
    const { camera, mode, pictures, points } = scene;
    if (!travel) this.axes.drawTexts(screen.context, scene);
    this.minimap.place(camera, this.axes.bottom);
    const isOff = !this.areClustersPlaces || !state.names;
    const isFaded = (number) => this.isFaded(number);
    const spared = { ...pictures.spared(scene), x: points.x, y: points.y };
    this.labels.place({ camera, mode, pictures: spared, isOff, isFaded, reserved: this.minimap.room(camera) });
  }

  destroy() {
    this.labels.destroy();
  }
}

function isSame(one, other) {
  return one === other || one.every((value, i) => value === other[i]);
}
