"""Computes the demo's embedding and default map: ``python -m barrx.demo.build_map``, after :mod:`barrx.demo.build`.

Run it when the encoder's recipe or the default parameters change; what it writes is shipped, and from then on
it is the demo's map on every machine. It works in a cache of its own, so that nothing older is taken for it.
"""

import os
import tempfile

import numpy as np


def build() -> None:
    """Write the embedding (float16) and the map made from it into the demo's folder."""
    from barrx import cache, clustering, datasets, embedding, encoders, projection
    from barrx.demo import shipped
    from barrx.embedding import Embedding

    for path in (shipped.EMBEDDING, shipped.MAP):
        path.unlink(missing_ok=True)
    dataset = datasets.load(datasets.DEMO_SLUG)
    embedding.compute(dataset, encoders.get(shipped.ENCODER))
    computed = embedding.require(dataset, encoders.get(shipped.ENCODER))
    half = computed.vectors.astype(np.float16)
    np.savez_compressed(
        shipped.EMBEDDING,
        filename=np.array(dataset.filenames),
        sha256=np.array(dataset.sha256),
        embedding=half,
    )
    # The map is made from what is shipped, not from what was computed: they differ in the last bits.
    vectors = half.astype(np.float32)
    rounded = Embedding(vectors, cache.fingerprint(vectors), shipped.ENCODER)
    coordinates, _stored = projection.load_or_compute(rounded, projection.ProjectionParams())
    params = clustering.ClusteringParams()
    tree = clustering.tree(coordinates, params.min_samples)
    found = clustering.cut(tree, len(coordinates), params)
    np.savez_compressed(
        shipped.MAP,
        embedding_fingerprint=np.array(rounded.fingerprint),
        coordinates=coordinates,
        labels=found.labels,
        strength=found.strength,
        tree=tree,
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["BARRX_HOME"] = home
        build()
