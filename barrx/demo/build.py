"""Makes the files that make a collection of ``barrx/demo/images``: ``python -m barrx.demo.build``.

Run it when the pictures, their metadata or the thumbnails' recipe change; what it writes is shipped.
"""

import json
import shutil
import tempfile
from pathlib import Path

import pandas as pd

from barrx import collection_files, importing
from barrx.collection_files import DEMO_FOLDER, DEMO_SLUG
from barrx.sources import Folder

_CREATED = "2025-01-01T00:00:00+00:00"  # fixed, so that building again changes nothing
_COVER = "birds_bird-of-peace-mauro-oliv-01.webp"


def build() -> None:
    """Write the tables, the report and the thumbnails of the demo into its folder."""
    request = importing.AddRequest(
        slug=DEMO_SLUG,
        source=DEMO_FOLDER / "images",
        metadata=DEMO_FOLDER / "metadata.csv",
        title="Open Clip Art",
    )
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        importing.fill(request, Folder(DEMO_FOLDER / "images"), folder)
        facts_file = folder / collection_files.FACTS
        facts = json.loads(facts_file.read_bytes())
        names = pd.read_parquet(folder / collection_files.PICTURES)["filename"].tolist()
        own = {"source": "Open Clip Art Library 0.18", "created": _CREATED, "cover": names.index(_COVER)}
        collection_files.write_json(facts_file, facts | own | {"root": "images"})
        for file in folder.iterdir():
            if file.is_file():
                shutil.copyfile(file, DEMO_FOLDER / file.name)


if __name__ == "__main__":
    build()
