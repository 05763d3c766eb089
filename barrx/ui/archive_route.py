"""The ZIP of a selection, sent while it is made."""

import json

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

PURPOSE = "archive"


def address(dataset: Dataset, request: MapRequest, selected: NDArray[np.integer]) -> str:
    """Return the signed address, relative to the page, of a ZIP with pictures and their rows."""
    chosen = np.zeros(len(dataset.filenames), bool)
    chosen[selected] = True
    column = columns.publish(chosen)["address"].rsplit("/", 1)[-1]
    claim = [dataset.slug, dataset.fingerprint, json.dumps(request.to_json()), column]
    return f"barrx/archive/{signing.seal(claim, purpose=PURPOSE)}"


async def answer(request: Request) -> Response:
    """Send the archive: 403 without a valid token, 404 if what it names is not there any more."""
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    claim = signing.opened(request.path_params["token"], purpose=PURPOSE)
    if claim is None:
        return Response(status_code=403, headers=headers)
    try:
        return await run_in_threadpool(_archive, claim, headers)
    except (BarrxError, LookupError):
        return Response(status_code=404, headers=headers)


def _archive(claim: list[str], headers: dict[str, str]) -> Response:
    slug, fingerprint, wanted, column = claim
    dataset = datasets.load(slug)
    bits, finished = columns.read(column), pipeline.load(dataset, MapRequest.from_json(json.loads(wanted)))
    if bits is None or finished is None or dataset.fingerprint != fingerprint:
        raise LookupError(slug)
    chosen = np.unpackbits(np.frombuffer(bits, np.uint8), count=len(dataset.filenames), bitorder="little")
    pieces = archive.pieces(dataset, export.table(dataset, finished), np.flatnonzero(chosen).tolist())
    headers |= {
        "Content-Disposition": f'attachment; filename="{slug}-selection.zip"',
        # Streamlit would compress it: pictures do not get any smaller.
        "Content-Encoding": "identity",
    }
    return StreamingResponse(pieces, media_type="application/zip", headers=headers)
