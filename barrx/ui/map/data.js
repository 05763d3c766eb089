/* The Arrow tables from Python as typed arrays. */

function column(table, name, type) {
  if (!table.numRows) return new type(0);
  const values = table.getChild(name).toArray();
  return values instanceof type ? values : type.from(values);
}

/** Read the tables of one map: positions, colours, strengths, and a function for the texts. */
export function read({ points, texts }) {
  const vectors = new Map();
  return {
    n: points.numRows,
    x: column(points, "x", Float32Array),
    y: column(points, "y", Float32Array),
    colour: column(points, "colour", Int16Array),
    strength: column(points, "strength", Uint8Array),
    text(name, i) {
      if (!vectors.has(name)) vectors.set(name, texts.getChild(name));
      return vectors.get(name)?.get(i) ?? "";
    },
  };
}
