"""What is downloaded of a selection: its rows as a table, or a ZIP of its pictures and rows, sent while it is made.

By addresses of their own: what a download button of Streamlit offers is gone as soon as the page runs again.
"""

import json
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from barrx import archive, datasets, export, pipeline
from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.pipeline import MapRequest
from barrx.ui import columns, signing

Kind = Literal["table", "csv", "zip"]
_PURPOSE = "selection"


def address(dataset: Dataset, request: MapRequest, selected: NDArray[np.integer], kind: Kind) -> str:
    """Return the signed address, relative to the page, of a file about some pictures of a map; ``table``: about all."""
    chosen = np.zeros(len(dataset.filenames), bool)
    chosen[selected] = True
    column = columns.publish(chosen)["address"].rsplit("/", 1)[-1]
    claim = [kind, dataset.slug, dataset.fingerprint, json.dumps(request.to_json()), column]
    return f"barrx/selection/{signing.seal(claim, purpose=_PURPOSE)}"


async def answer(request: Request) -> Response:
    """Send the file: 403 without a valid token, 404 if what it names is not there any more."""
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    claim = signing.opened(request.path_params["token"], purpose=_PURPOSE)
    if claim is None:
        return Response(status_code=403, headers=headers)
    try:
        return await run_in_threadpool(_file, claim, headers)
    except (BarrxError, LookupError):
        return Response(status_code=404, headers=headers)


def _file(claim: list[str], headers: dict[str, str]) -> Response:
    kind, slug, fingerprint, wanted, column = claim
    dataset = datasets.load(slug)
    bits, finished = columns.read(column), pipeline.load(dataset, MapRequest.from_json(json.loads(wanted)))
    if bits is None or finished is None or dataset.fingerprint != fingerprint:
        raise LookupError(slug)
    chosen = np.unpackbits(np.frombuffer(bits, np.uint8), count=len(dataset.filenames), bitorder="little")
    selected = np.flatnonzero(chosen)
    table = export.table(dataset, finished)
    name = f"{slug}.csv" if kind == "table" else f"{slug}-selection.{kind}"
    headers |= {"Content-Disposition": f'attachment; filename="{name}"'}
    if kind != "zip":
        rows = export.with_verdicts(table, dataset, finished).iloc[selected]
        return Response(export.to_csv(rows).encode("utf-8-sig"), media_type="text/csv", headers=headers)
    # Streamlit would compress it: pictures do not get any smaller.
    headers |= {"Content-Encoding": "identity"}
    pieces = archive.pieces(dataset, table, selected.tolist())
    return StreamingResponse(pieces, media_type="application/zip", headers=headers)
