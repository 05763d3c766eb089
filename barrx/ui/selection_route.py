"""What is downloaded of a selection: its rows as a table, or a ZIP of its pictures and rows, sent while it is made.

By addresses of their own: what a download button of Streamlit offers is gone as soon as the page runs again.
The address says in which language the file is written.
"""

import json
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from barrx import archive, datasets, export, i18n, pipeline
from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.pipeline import MapRequest
from barrx.ui import columns, signing

Kind = Literal["csv", "zip"]
_PURPOSE = "selection"
_ALL = ""  # stands for the column that says which pictures are selected


def addresses(dataset: Dataset, request: MapRequest, selected: NDArray[np.integer]) -> dict[Kind, str]:
    """Return the signed addresses, relative to the page, of the files about some pictures of a map."""
    chosen = np.zeros(len(dataset.filenames), bool)
    chosen[selected] = True
    column = columns.publish(chosen)["address"].rsplit("/", 1)[-1]
    return {kind: _address(dataset, request, kind, column) for kind in get_args(Kind)}


def address_of_all(dataset: Dataset, request: MapRequest) -> str:
    """Return the signed address, relative to the page, of the table of a whole map."""
    return _address(dataset, request, "csv", _ALL)


def _address(dataset: Dataset, request: MapRequest, kind: Kind, column: str) -> str:
    claim = [kind, dataset.slug, dataset.fingerprint, json.dumps(request.to_json()), column, i18n.language()]
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
    kind, slug, fingerprint, wanted, column, language = claim
    dataset = datasets.load(slug)
    finished = pipeline.load(dataset, MapRequest.from_json(json.loads(wanted)))
    if finished is None or dataset.fingerprint != fingerprint:
        raise LookupError(slug)
    n = len(dataset.filenames)
    selected = np.arange(n) if column == _ALL else _selected(column, n)
    table = export.table(dataset, finished)
    name = slug if column == _ALL else f"{slug}-selection"
    headers |= {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    if kind == "csv":
        rows = export.with_verdicts(table, dataset, finished).iloc[selected]
        return Response(export.to_csv(rows).encode("utf-8-sig"), media_type="text/csv", headers=headers)
    # Streamlit would compress it: pictures do not get any smaller.
    headers |= {"Content-Encoding": "identity"}
    pieces = i18n.spoken(language, archive.pieces(dataset, table, selected.tolist()))
    return StreamingResponse(pieces, media_type="application/zip", headers=headers)


def _selected(column: str, n_images: int) -> NDArray[np.int64]:
    bits = columns.read(column)
    if bits is None:
        raise LookupError(column)
    return np.flatnonzero(np.unpackbits(np.frombuffer(bits, np.uint8), count=n_images, bitorder="little"))
