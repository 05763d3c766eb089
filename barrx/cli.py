"""The command line: ``python -m barrx COMMAND``.

A table for people, ``--json`` for machines. Exit status 0; 2 with one line on standard error for anything
the user can mend; 1 for a bug. Progress bars go to standard error.
"""

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from barrx import (
    cache,
    datasets,
    doctor,
    embedding,
    encoders,
    export,
    export_options,
    i18n,
    map_command,
    sweep_command,
)
from barrx.errors import BarrxError, DatasetError
from barrx.i18n import _, ngettext
from barrx.progress import Bar

Arguments = argparse.Namespace
USER_ERROR = 2


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and where to read on."""

    def error(self, message: str) -> NoReturn:
        """End the program with status 2."""
        self.exit(
            USER_ERROR,
            _("{program}: {message}. See {program} --help.").format(program=self.prog, message=message)
            + "\n",
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    i18n.speak(i18n.of_environment())
    parsed = _parser().parse_args(arguments)
    run: Callable[[Arguments], None] = parsed.run
    try:
        run(parsed)
    except BarrxError as error:
        return _fail(" ".join(str(error).split()))
    except KeyboardInterrupt:
        return _fail(_("Stopped. What was finished is kept."))
    except BrokenPipeError:  # the reader of our output has seen enough
        sys.stderr.close()
    except OSError as error:  # a full disk, a folder one may not write to
        return _fail(
            _("{error}. Check the disk and your rights, or set BARRX_HOME to another folder.").format(
                error=error
            )
        )
    return 0


def _fail(message: str) -> int:
    print(f"barrx: {message}", file=sys.stderr)
    return USER_ERROR


# --- the commands -----------------------------------------------------------------------------------------


def _datasets(arguments: Arguments) -> None:
    rows = []
    for summary in datasets.summaries():
        dataset = datasets.load(summary.slug)
        embedded = [e.slug for e in encoders.all_encoders() if embedding.fingerprint_of(dataset, e)]
        rows.append(
            {
                "slug": summary.slug,
                "title": summary.title,
                "images": summary.images,
                "quarantined": summary.quarantined,
                "encoders": embedded,
            }
        )
    _say(arguments, rows)


def _add(arguments: Arguments) -> None:
    request = datasets.AddRequest(
        slug=arguments.slug, source=arguments.source, metadata=arguments.metadata, title=arguments.title
    )
    if arguments.report:
        export.check_suffix(arguments.report, (".json",))
    bar = Bar(_("reading"), _("images"))
    try:
        report = datasets.add(request, progress=bar.update)
    except DatasetError as error:
        failed = getattr(error, "report", None)
        if arguments.report and failed is not None:
            _write_report(arguments.report, failed.to_json())
        raise
    finally:
        bar.close()
    facts = report.to_json()
    if arguments.report:
        _write_report(arguments.report, facts)
    if arguments.json:
        _print_json(facts)
        return
    print(
        ngettext("{n} image added to “{slug}”", "{n} images added to “{slug}”", facts["images"]).format(
            n=facts["images"], slug=arguments.slug
        )
        + _("; {n} in quarantine").format(n=len(facts["quarantined"]))
        + ngettext("; {n} file passed over", "; {n} files passed over", facts["skipped"]).format(
            n=facts["skipped"]
        )
    )
    for entry in facts["quarantined"]:
        print(f"  {entry['filename']!r}: {entry['reason']} ({i18n.again(entry['detail'])})")
    _print_match(facts["metadata"])


def _print_match(found: Mapping[str, Any]) -> None:
    lost = {
        _("images without a row"): found["images_without_row"],
        _("rows without an image"): found["rows_without_image"],
        _("duplicate keys"): found["duplicate_keys"],
    }
    if found["matched"] or found["rows_without_image"]:
        counts = ", ".join(f"{len(names)} {what}" for what, names in lost.items())
        print(_("metadata: {matched} rows matched, {counts}").format(matched=found["matched"], counts=counts))


def _write_report(path: Path, facts: Mapping[str, Any]) -> None:
    export.write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n", path)


def _remove(arguments: Arguments) -> None:
    datasets.remove(arguments.slug)
    if arguments.json:
        _print_json({"removed": arguments.slug})
    else:
        print(_("“{slug}” is removed. Original files were not touched.").format(slug=arguments.slug))


def _encoders(arguments: Arguments) -> None:
    rows = []
    for encoder in encoders.all_encoders():
        status = encoders.status(encoder)
        size = _(" ({size:.0f} MB)").format(size=status.size_mb) if status.state == "missing" else ""
        state = status.state if arguments.json else status.state + size
        rows.append(
            {
                "name": encoder.slug,
                "features": encoder.n_features,
                "input_size": encoder.input_size,
                "weights": state,
            }
        )
        if arguments.json:
            rows[-1] |= {"verified": status.verified, "sha256": status.sha256, "size_mb": status.size_mb}
    _say(arguments, rows)


def _weights(arguments: Arguments) -> None:
    encoder = encoders.get(arguments.encoder)
    if arguments.file is not None:
        encoders.install(encoder, arguments.file, unverified=arguments.unverified)
    else:
        bar = Bar(encoder.slug, "B", unit_scale=True)
        try:
            encoders.download(encoder, progress=bar.update)
        finally:
            bar.close()
    status = encoders.status(encoder)
    if arguments.json:
        _print_json({"encoder": encoder.slug, "state": status.state, "verified": status.verified})
    else:
        print(_("{encoder}: the weights are ready.").format(encoder=encoders.label(encoder)))


def _embed(arguments: Arguments) -> None:
    if arguments.output:
        export.check_suffix(arguments.output, (".npz", ".parquet"))
    dataset = datasets.load(arguments.slug)
    encoder = encoders.get(arguments.encoder or encoders.default())
    bar = Bar(encoders.label(encoder), _("images"))
    start = time.perf_counter()
    try:
        run = embedding.compute(dataset, encoder, recompute=arguments.recompute, progress=bar.update)
    finally:
        bar.close()
    if arguments.output:
        load = embedding.recomputed if arguments.recompute else embedding.require
        export.write_embedding(dataset, load(dataset, encoder), arguments.output)
    copies = len(dataset.filenames) - run.computed - run.cached
    facts = {
        "slug": dataset.slug,
        "encoder": encoder.slug,
        "label": encoders.label(encoder),
        "images": len(dataset.filenames),
        "features": encoder.n_features,
        "computed": run.computed,
        "cached": run.cached,
        "copies": copies,
        "seconds": round(time.perf_counter() - start, 3),
    }
    if arguments.json:
        _print_json(facts)
    else:
        said = _("{images} images of “{slug}” with {label}: {computed} computed, {cached} from the cache")
        print(said.format(**facts) + _copies(copies))


def _copies(n: int) -> str:
    if not n:
        return ""
    return ", " + ngettext(
        "{n} is the same file as another one", "{n} are the same files as others", n
    ).format(n=n)


def _map(arguments: Arguments) -> None:
    _tell(arguments, map_command.run(arguments), map_command.sentences)


def _export(arguments: Arguments) -> None:
    # Not needed by the other commands, and it takes Streamlit with it.
    from barrx import export_command

    _tell(arguments, export_command.run(arguments), export_command.sentences)


def _sweep(arguments: Arguments) -> None:
    _tell(arguments, sweep_command.run(arguments), sweep_command.sentences)


def _cache(arguments: Arguments) -> None:
    cleared: dict[str, int] = {}
    problems: dict[str, list[str]] = {}
    if arguments.clear:
        stores = cache.STORES if arguments.clear == "all" else (arguments.clear,)
        cleared = {store: cache.clear(store) for store in stores}
    if arguments.check:
        problems = {store: cache.check(store) for store in cache.STORES}
    sizes = {store: cache.volume(store) for store in cache.STORES}
    if arguments.json:
        _print_json({"cleared": cleared, "problems": problems, "bytes": sizes})
        return
    for store, count in cleared.items():
        print(_("{store}: {count} entries removed").format(store=store, count=count))
    for store, found in problems.items():
        print(_("{store}: {count} problems found and mended").format(store=store, count=len(found)))
        for problem in found:
            print(f"  {problem}")
    for store, size in sizes.items():
        print(_("{store}: {size:.1f} MB").format(store=store, size=size / 1e6))


def _doctor(arguments: Arguments) -> None:
    findings = doctor.examine()
    if arguments.json:
        _print_json([{"what": f.what, "found": f.found, "mend": f.mend} for f in findings])
        return
    width = max(len(f.what) for f in findings)
    for finding in findings:
        print(f"{finding.what:<{width}}  {finding.found}")
        if finding.mend:
            print(f"{'':<{width}}  -> {finding.mend}")


# --- what they share --------------------------------------------------------------------------------------


def _tell(
    arguments: Arguments, facts: dict[str, Any], sentences: Callable[[dict[str, Any]], Sequence[str]]
) -> None:
    if arguments.json:
        _print_json(facts)
    else:
        print(*sentences(facts), sep="\n")


def _say(arguments: Arguments, rows: list[dict[str, Any]]) -> None:
    if arguments.json:
        _print_json(rows)
    else:
        shown = [{k: ", ".join(v) if isinstance(v, list) else v for k, v in row.items()} for row in rows]
        print(pd.DataFrame(shown).to_string(index=False))


def _print_json(facts: object) -> None:
    print(json.dumps(facts, ensure_ascii=False, allow_nan=False))


# --- the parser -------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m barrx", description=_("Look at a whole image collection at once."))
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")

    def command(name: str, run: Callable[[Arguments], None], text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.add_argument("--json", action="store_true", help=_("print JSON"))
        added.set_defaults(run=run)
        return added

    command("datasets", _datasets, _("list the collections"))
    _add_arguments(command("add", _add, _("add a collection of images")))
    one = command("remove", _remove, _("remove a collection; original files are not touched"))
    one.add_argument("slug", metavar="SLUG")
    command("encoders", _encoders, _("list the encoders and their weights"))
    _weights_arguments(command("weights", _weights, _("fetch or install the weights of an encoder")))
    _embed_arguments(command("embed", _embed, _("turn the images of a collection into vectors")))
    map_command.add_options(command("map", _map, _("project and cluster a collection")))
    sweep_command.add_options(command("sweep", _sweep, _("compare many settings of a map by their figures")))
    export_options.add(command("export", _export, _("write a map as a page, a picture, tables or a recipe")))
    kept = command("cache", _cache, _("show, check or clear what is cached"))
    kept.add_argument("--check", action="store_true", help=_("read every entry, drop what is damaged"))
    kept.add_argument(
        "--clear",
        choices=(*cache.STORES, "all"),
        help=_("projections: with the clusterings made from them"),
    )
    command("doctor", _doctor, _("say what is here, what is missing and how to mend it"))
    return parser


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("slug", metavar="SLUG", help=_("short name: lowercase letters, digits and dashes"))
    parser.add_argument("source", metavar="SOURCE", help=_("folder, .zip, IIIF manifest, list of manifests"))
    parser.add_argument("--metadata", type=Path, metavar="FILE", help=_("CSV with a row for each image"))
    parser.add_argument("--title", metavar="T", help=_("name shown to people"))
    parser.add_argument(
        "--report", type=Path, metavar="FILE.json", help=_("write what was taken and why not")
    )


def _weights_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("encoder", metavar="ENCODER")
    parser.add_argument("--from", dest="file", type=Path, metavar="FILE", help=_("install a file you have"))
    parser.add_argument(
        "--unverified", action="store_true", help=_("accept weights whose hash is not the published one")
    )


def _embed_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("slug", metavar="SLUG")
    parser.add_argument("--encoder", metavar="NAME")
    parser.add_argument(
        "--recompute", action="store_true", help=_("run the encoder although the vectors are there")
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help=_(".npz or .parquet"))
