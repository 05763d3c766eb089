"""The curator's chart of influences beside the machine's own, and whether the pictures bear its arrows out."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

import streamlit as st

from barrx import collection_files, rights
from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.i18n import _, ngettext, numeral
from barrx.judgement import arrow_files, relations, values
from barrx.judgement.questions import Question
from barrx.judgement.relations import Relations
from barrx.pipeline import Map
from barrx.ui import downloads, judged, judged_state, keys
from barrx.ui.categories import graph, sentences
from barrx.ui.judged import Judged
from barrx.ui.text import plain, rounded_down, shortened

_MOST: Final = 30  # rows of a list
_NAME_LENGTH: Final = 80

_KINDS: Final = {True: "supported", False: "unsupported", None: "untested"}

Facts = Mapping[str, Any]


def show(dataset: Dataset, finished: Map, column: str, *, dimmed: bool) -> None:
    """Show the chart of influences of a column."""
    given = _arrows(dataset, column)
    arrows = given.arrows if given is not None else ()
    question = Question(part="influences", map=finished.request, column=column, arrows=arrows)
    judged.show(dataset, finished, question, _draw, dimmed=dimmed)


# --- the curator's arrows ---------------------------------------------------------------------------------


def _arrows(dataset: Dataset, column: str) -> Relations | None:
    """Let people give arrows; return those there are."""
    names = values.of_column(dataset.metadata, column).names
    path = arrow_files.find(dataset)
    found: Relations | None = None
    if path is not None:
        try:
            found = relations.read(path, names)
        except BarrxError as error:
            st.error(plain(str(error)), icon=":material/error:")
    if found is None or not found.arrows:
        st.info(
            _(
                "Give a chart to hold against the images: a file relations.csv with the columns source and target, "
                "values of “{column}”, and if you like year. Each row is an arrow: the source influenced the target. "
                "Below is the machine's own chart."
            ).format(column=plain(column)),
            icon=":material/account_tree:",
        )
    if found is not None:
        _say_unclear(found)
    with st.expander(_("The arrows"), expanded=path is None, icon=":material/arrow_right_alt:"):
        if found is not None:
            st.caption(counted(found))
        _give(dataset, names, is_kept=path == arrow_files.given(dataset.slug))
    return found


def counted(found: Relations) -> str:
    """Say how many arrows are read, and how many rows are left out."""
    n = len(found.arrows)
    said = ngettext("{n} arrow is read.", "{n} arrows are read.", n).format(n=numeral(n))
    if found.dropped:
        said += " " + ngettext(
            "{n} row is left out: without an end, from a category to itself, or said twice.",
            "{n} rows are left out: without an end, from a category to itself, or said twice.",
            found.dropped,
        ).format(n=numeral(found.dropped))
    return said


def _say_unclear(found: Relations) -> None:
    for text in unclear(found):
        st.warning(text, icon=":material/help:")


def unclear(found: Relations) -> list[str]:
    """Say which names of the arrows are no category, which may mean several, and which years cannot be read."""
    said = []
    if found.unknown:
        said.append(
            _("These names in relations.csv are no category here: {names}.").format(
                names=_named(found.unknown)
            )
        )
    if found.ambiguous:
        said.append(
            _(
                "Each of these may mean several categories, so their arrows are left out: {names}. Write them as the "
                "collection does."
            ).format(names=_named(found.ambiguous))
        )
    if found.undated:
        said.append(_unreadable(found.undated))
    return said


def _unreadable(undated: Sequence[tuple[int, str]]) -> str:
    n = len(undated)
    rows = [_("row {row} “{text}”").format(row=row, text=_short(text)) for row, text in undated[:_MOST]]
    if n > _MOST:
        rows.append(_("and {n} more").format(n=numeral(n - _MOST)))
    return ngettext(
        "{n} year in relations.csv cannot be read, so its arrow is without one: {rows}. Write it as 1907.",
        "{n} years in relations.csv cannot be read, so their arrows are without one: {rows}. Write them as 1907.",
        n,
    ).format(n=numeral(n), rows=plain(", ".join(rows)))


def _named(names: Sequence[str]) -> str:
    return plain(", ".join(_short(name) for name in names[:_MOST]))


def _give(dataset: Dataset, names: Sequence[str], *, is_kept: bool) -> None:
    if not rights.may_write():
        st.caption(rights.refusal() + " " + _("Arrows are taken from relations.csv beside the images."))
        return
    _take(dataset, names)
    undo = keys.of(keys.FORGET_ARROWS, dataset.slug)
    with st.container(horizontal=True):
        downloads.button(
            _("A file to begin with"),
            lambda: template(names),
            file_name=collection_files.RELATIONS,
            mime="text/csv",
            key=keys.ARROWS_TEMPLATE,
            help=_("The head of the table, and one row for each category to be filled in."),
        )
        if is_kept and st.button(_("Remove the arrows"), key=keys.FORGET_ARROWS, icon=":material/delete:"):
            judged_state.remember_taken_back(undo, arrow_files.forget(dataset.slug))
            st.rerun()
        before: bytes | None = judged_state.taken_back(undo)
        if before is None or is_kept:
            return
        if st.button(_("Bring the arrows back"), key=keys.VERDICT_BACK, icon=":material/undo:"):
            arrow_files.keep(dataset.slug, before)
            st.rerun()


def _take(dataset: Dataset, names: Sequence[str]) -> None:
    """Let a file be chosen; one with an arrow is kept, another is refused and what there was stays."""
    key = keys.of(keys.ARROWS_FILE, f"{dataset.slug}:{judged_state.upload_round()}")
    file = st.file_uploader(
        _("relations.csv"),
        type=["csv", "tsv", "txt"],
        max_upload_size=arrow_files.MOST_BYTES // 2**20,
        key=key,
        help=_("Columns source and target, optional year. It is kept for this collection."),
    )
    if file is not None:
        try:
            relations.read_usable(file.getvalue(), names, file.name)
            arrow_files.keep(dataset.slug, file.getvalue())
        except BarrxError as error:
            st.error(plain(str(error)), icon=":material/error:")
        else:
            judged_state.next_upload()
            st.rerun()


def template(names: Sequence[str]) -> bytes:
    """Return a table of arrows to be filled in: each category as a source, without a target."""
    import pandas as pd

    from barrx import export

    rows = pd.DataFrame({"source": list(names), "target": "", "year": ""})
    return export.to_csv(rows).encode("utf-8-sig")


# --- the two charts ---------------------------------------------------------------------------------------


def _draw(found: Judged) -> None:
    facts = found.answer.facts
    if len(facts["names"]) < 2:
        st.info(_("It takes two categories of three images or more to compare them."))
        return
    if facts["arrows"]:
        st.markdown(f"**{plain(sentences.nearness(facts['nearness']))}**")
    placed = graph.nodes(facts["names"], facts["years"], found.answer.arrays["distances"])
    left, right = st.columns(2, gap="medium") if facts["arrows"] else (None, st.container())
    if left is not None:
        with left:
            st.subheader(_("The curator's chart"), anchor=False)
            st.caption(
                _("Wide at the source, thin at the target.")
                if facts["nearness"]["reason"]
                else _(
                    "Wide at the source, thin at the target. Blue: the images support it. Dashed: they do not."
                )
            )
            _graph(placed, curators(facts), facts)
    with right:
        st.subheader(_("The machine's chart"), anchor=False)
        st.caption(machines_meaning(facts["reach"]))
        _graph(placed, machines(facts), facts)
    st.caption(" ".join([_axis(facts), *left_out(facts)]))
    _lists(facts)


def _graph(placed: Any, joined: Sequence[tuple[str, str, str, str]], facts: Facts) -> None:
    lines = graph.edges(placed, joined)
    sentence = "; ".join(text for _source, _target, _kind, text in joined[:_MOST])
    is_dark = st.context.theme.type == "dark"
    chart = graph.drawn(
        placed,
        lines,
        is_dated=graph.is_dated(facts["names"], facts["years"]),
        is_dark=is_dark,
        sentence=sentence,
    )
    st.altair_chart(chart, theme="streamlit")


def curators(facts: Facts) -> list[tuple[str, str, str, str]]:
    """Return the curator's arrows to be drawn: source, target, kind, text."""
    return [
        (
            one["source"],
            one["target"],
            _KINDS[one["is_supported"]],
            f"{one['source']} → {one['target']}{_dated(one)}",
        )
        for one in facts["arrows"]
    ]


def machines(facts: Facts) -> list[tuple[str, str, str, str]]:
    """Return what the machine joins, to be drawn: one, other, kind, text."""
    return [
        (one, other, "near", f"{one} – {other} ({numeral(d, '.3f')})") for one, other, d in facts["mutual"]
    ]


def machines_meaning(reach: int) -> str:
    """Say what joins categories on the machine's chart; of two, nothing does."""
    if not reach:
        return _("Which categories are nearest can be said of three or more.")
    return ngettext(
        "Categories that are each the nearest of the other, by the mean of their images.",
        "Categories that are each among the {n} nearest of the other, by the mean of their images.",
        reach,
    ).format(n=reach)


def left_out(facts: Facts) -> list[str]:
    """Say how many images are left out of distances since they are of both categories, and what comes of it."""
    n, without = facts["shared"], facts["without_distance"]
    said = []
    if n:
        said.append(
            ngettext(
                "{n} image of several categories is left out of the distances between these.",
                "{n} images of several categories are left out of the distances between these.",
                n,
            ).format(n=numeral(n))
        )
        said.append(
            _(
                "Known from fewer images, such a distance is drawn to the mean of all, as far as it may be chance."
            )
        )
    if without:
        said.append(
            ngettext(
                "{n} pair of categories has no distance: of one, fewer than three images are not of the other.",
                "{n} pairs of categories have no distance: of one, fewer than three images are not of the other.",
                without,
            ).format(n=numeral(without))
        )
    return said


def _axis(facts: Facts) -> str:
    if not graph.is_dated(facts["names"], facts["years"]):
        return _(
            "The dates tell no two categories apart, so there is no time axis: they stand by likeness in both "
            "directions."
        )
    said = _("Each category has a row of its own; those that look alike are near each other.")
    dated = [name for name in facts["names"] if name in facts["years"]]
    by_chart = [name for name in facts["axis"]["by_chart"] if name in dated]
    against = [name for name in facts["axis"]["against_chart"] if name in dated]
    if by_chart and len(by_chart) == len(dated):
        said += " " + _("The years are those of Alfred Barr's chart of 1936.")
    elif by_chart or against:
        said += " " + _on_barrs_chart(by_chart, against)
    else:
        said += " " + _("Years are the median of the dates of its images.")
    if facts["axis"]["unclear"]:
        said += " " + _("Barr's chart has one box where several may be meant: {names}.").format(
            names=_named(facts["axis"]["unclear"])
        )
    return said


def _on_barrs_chart(by_chart: Sequence[str], against: Sequence[str]) -> str:
    """Say which categories stand at the year of Barr's chart, which do not though they are on it, and by what rule."""
    said = [
        _(
            "The year of Alfred Barr's chart of 1936 counts for a category unless it lies more than {n} years outside "
            "the span of its images' dates; all others stand at the median of their dates."
        ).format(n=relations.GIVE_OR_TAKE)
    ]
    if by_chart:
        said.append(_("At the year of the chart: {names}.").format(names=_named(by_chart)))
    if against:
        said.append(
            _("On the chart, but at their own dates, which are far from its year: {names}.").format(
                names=_named(against)
            )
        )
    return " ".join(said)


# --- the lists --------------------------------------------------------------------------------------------


def _lists(facts: Facts) -> None:
    shown = [*arrow_lists(facts), near_list(facts)]
    for column, (title, lines, meaning) in zip(st.columns(len(shown)), shown, strict=True):
        with column:
            st.markdown(f"**{title}** ({len(lines)})")
            st.caption(meaning)
            st.html(_listed(lines))
    left = [f"{_short(one['source'])} → {_short(one['target'])}" for one in facts["missing"]]
    if left:
        st.caption(_("Too few images to judge: {names}.").format(names=plain(", ".join(left[:_MOST]))))
    if facts["too_small"]:
        names = _named(facts["too_small"])
        st.caption(_("Left out, with fewer than three images: {names}.").format(names=names))


def arrow_lists(facts: Facts) -> list[tuple[str, list[str], str]]:
    """Return the lists of arrows: title, a line of HTML each, what it means; no list says what cannot be said."""
    said: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for one in facts["arrows"]:
        said[one["is_supported"]].append(arrow_text(one))
    if said[None]:
        why = _("It cannot be said whether the images support them: {reason}.").format(
            reason=facts["nearness"]["reason"]
        )
        return [(_("The arrows"), said[None], why)]
    if not facts["arrows"]:
        return []
    return [
        (_("Arrows the images support"), said[True], _("nearer than three quarters of the unrelated pairs")),
        (
            _("Arrows they do not support"),
            said[False],
            _("not nearer than three quarters of the unrelated pairs"),
        ),
    ]


def near_list(facts: Facts) -> tuple[str, list[str], str]:
    """Return the list of near categories that no arrow joins: title, a line of HTML each, what it means."""
    lines = [
        f"{_isolated(one)} – {_isolated(other)} · {numeral(d, '.3f')}"
        for one, other, d in facts["without_arrow"]
    ]
    if not facts["arrows"]:
        return _("Near each other"), lines, _("among each other's nearest; the number is their distance")
    if facts["nearness"]["reason"]:
        return _("Near, but no arrow"), lines, _("among each other's nearest; the number is their distance")
    meaning = _(
        "among each other's nearest, and nearer than three quarters of the unrelated pairs; the number is their "
        "distance"
    )
    return _("Near, but no arrow"), lines, meaning


def arrow_text(one: Facts) -> str:
    """Return an arrow and what the pictures say to it, on one line of HTML."""
    said = f"{_isolated(one['source'])} → {_isolated(one['target'])}{_dated(one)}"
    if one["nearer_than"] is not None:
        share = rounded_down(one["nearer_than"])
        said += " · " + escape(_("nearer than {share:.0%}").format(share=share))
    if one["source_begins"] is not None:
        begins = numeral(one["source_begins"], "d")
        said += " · " + escape(_("dated before its source, which begins here in {year}").format(year=begins))
    return said + (" · " + escape(_("goes back in time")) if one["is_backward"] else "")


def _dated(one: Facts) -> str:
    return f" ({numeral(one['year'], 'd')})" if one["year"] is not None else ""


def _isolated(name: str) -> str:
    """Return a name as HTML, whose direction of writing does not reach beyond it."""
    return f"<bdi>{escape(_short(name))}</bdi>"


def _short(name: str) -> str:
    return shortened(name, _NAME_LENGTH)


def _listed(lines: Sequence[str]) -> str:
    if not lines:
        return '<p class="hint">' + escape(_("none")) + "</p>"
    items = "".join(f"<li>{line}</li>" for line in lines[:_MOST])
    rest = len(lines) - _MOST
    said = escape(_("and {n} more").format(n=numeral(rest)))
    more = f'<li class="hint">{said}</li>' if rest > 0 else ""
    return f'<ul class="arrows">{items}{more}</ul>'
