"""For each category what is typical and what is misplaced; for each cluster its majority, strangers and words."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import streamlit as st

from barrx import views
from barrx.datasets import Dataset
from barrx.i18n import _, ngettext, numeral
from barrx.judgement.questions import Question
from barrx.pipeline import Map
from barrx.ui import cluster_table, judged, judged_state, keys, pages, verdict_panel
from barrx.ui.categories import card, map_link, picture_rows, sentences
from barrx.ui.categories.picture_rows import Chip, Row, Strip, counted
from barrx.ui.judged import Judged
from barrx.views import verdicts
from barrx.views.verdicts import Verdict

_PER_PAGE: Final = 12
_SHOWN: Final = 8  # pictures of a strip
_TYPICAL: Final = 5  # beside those that are misplaced
_ALL: Final = ""
_KINDS: Final = {"coherent": "good", "merged": "odd", "split": "odd"}

Facts = Mapping[str, Any]


def show_categories(dataset: Dataset, finished: Map, column: str, *, dimmed: bool) -> None:
    """Show what is typical of each category, and what is misplaced in it."""
    _show(dataset, finished, column, _categories, dimmed=dimmed)


def show_clusters(dataset: Dataset, finished: Map, column: str, *, dimmed: bool) -> None:
    """Show what each cluster is."""
    _show(dataset, finished, column, _clusters, dimmed=dimmed)


def _show(
    dataset: Dataset,
    finished: Map,
    column: str,
    draw: Callable[[Dataset, Judged], list[int]],
    *,
    dimmed: bool,
) -> None:
    def both(found: Judged) -> None:
        """Show the answer, and beside it the card of the picture that was clicked."""
        left, right = st.columns([3, 1], gap="medium")
        with left:
            beside = draw(dataset, found)
        with right, st.container(key=keys.COMPARE_AREA):
            card.show(dataset, found.map, beside)

    question = Question(part="categories", map=finished.request, column=column)
    judged.show(dataset, finished, question, both, dimmed=dimmed)


def _page(
    dataset: Dataset,
    rows: Sequence[Row],
    *,
    label: str,
    key: str,
    on_open: Callable[[str], None] | None = None,
) -> None:
    """Show a page of rows; a click on a picture opens its card."""
    first = pages.choose(len(rows), _PER_PAGE, key=keys.of(keys.GALLERY_PAGE, key))
    here = rows[first : first + _PER_PAGE]
    picture_rows.show(dataset, here, label=label, key=keys.of(keys.ROWS, key), on_open=on_open)


# --- categories -------------------------------------------------------------------------------------------


def _categories(dataset: Dataset, found: Judged) -> list[int]:
    facts = found.answer.facts
    names = [one["category"] for one in facts["categories"]]
    if not names:
        st.info(_("No image has a value in this column."))
        return []
    st.markdown(f"**{summary(facts)}**")
    chosen = _choose_category(names)
    wrong = [one for one in facts["misplaced"] if chosen in (_ALL, *one["catalogued"])]
    if chosen == _ALL:
        pictures = facts["misplaced_pictures"]
        rows = category_rows(facts)
        choose = partial(judged_state.choose, keys.ONLY_CATEGORY)
        _page(dataset, rows, label=_("Categories"), key="categories", on_open=choose)
    else:
        (own,) = (one for one in facts["categories"] if one["category"] == chosen)
        pictures = own["misplaced"]
        picture_rows_of_one(dataset, own)
    _misplaced(dataset, wrong, pictures, is_of_one=chosen != _ALL)
    return [one["picture"] for one in wrong]


def _choose_category(names: Sequence[str]) -> str:
    asked = judged_state.to_choose(keys.ONLY_CATEGORY)
    if asked in names:
        st.session_state[keys.ONLY_CATEGORY] = asked
    if st.session_state.get(keys.ONLY_CATEGORY, _ALL) not in (_ALL, *names):
        st.session_state[keys.ONLY_CATEGORY] = _ALL
    return (
        st.selectbox(
            _("Category"),
            [_ALL, *names],
            key=keys.ONLY_CATEGORY,
            format_func=lambda name: name or _("all of them"),
            persist_state="session",
        )
        or _ALL
    )


def summary(facts: Facts) -> str:
    """Say how many categories are held together, and how many pictures are misplaced."""
    states = [one["state"] for one in facts["categories"]]
    parts = [sentences.in_state(name, states.count(name)) for name in sentences.states() if name in states]
    total = ngettext("{n} category", "{n} categories", len(states)).format(n=len(states))
    said = f"{total}: {', '.join(parts)}."
    n = len(facts["misplaced_pictures"])
    if not n:  # said with the rule, below
        return said
    misplaced = ngettext(
        "{n} image looks like another category than its own.",
        "{n} images look like another category than their own.",
        n,
    )
    return f"{said} {misplaced.format(n=numeral(n))}"


def category_rows(facts: Facts) -> list[Row]:
    """Return a row for each category: its state in words, what is typical, what is misplaced."""
    states = sentences.states()
    return [
        Row(
            id=one["category"],
            title=one["category"],
            opens=_("Show this category alone"),
            chips=[Chip(text=states[one["state"]], kind=_kind(one["state"]))],
            texts=[sentences.cohesion(one)],
            strips=[
                *_typical(one["typical"][:_TYPICAL]),
                *([counted(one["misplaced"], 3, _("most misplaced"))] if one["misplaced"] else []),
            ],
        )
        for one in facts["categories"]
    ]


def _typical(indexes: Sequence[int]) -> list[Strip]:
    return [Strip(indexes=indexes, label=_("most typical"))] if indexes else []


def _kind(state_of: str) -> Any:
    return _KINDS.get(state_of, "")


def picture_rows_of_one(dataset: Dataset, own: Facts) -> None:
    """Show one category: its state in words, and all that is typical of it."""
    row = Row(
        id=own["category"],
        title=own["category"],
        chips=[Chip(text=sentences.states()[own["state"]], kind=_kind(own["state"]))],
        texts=[sentences.cohesion(own)],
        strips=_typical(own["typical"]),
    )
    _page(dataset, [row], label=_("Category"), key="category")


def _misplaced(dataset: Dataset, wrong: Sequence[Facts], pictures: Sequence[int], *, is_of_one: bool) -> None:
    st.subheader(_("Catalogued one thing, looks like another"), anchor=False)
    st.caption(sentences.misplaced_rule(len(pictures), len(wrong), is_of_one=is_of_one))
    if not pictures:
        return
    map_link.button(dataset, pictures, key="misplaced")
    _page(dataset, misplaced_rows(wrong), label=_("Misplaced images"), key="misplaced")


def misplaced_rows(wrong: Sequence[Facts]) -> list[Row]:
    """Return a row for each misplaced picture: what it is catalogued as, what it looks like, and those."""
    return [
        Row(
            id=str(one["picture"]),
            texts=[sentences.misplaced_why(one)],
            title=sentences.misplaced(one),
            strips=[
                Strip(indexes=[one["picture"]], label=_("this image")),
                counted(one["resembles"], 6, one["looks_like"]),
            ],
        )
        for one in wrong
    ]


# --- clusters ---------------------------------------------------------------------------------------------


def _clusters(dataset: Dataset, found: Judged) -> list[int]:
    facts, labels = found.answer.facts, found.map.clustering.labels
    if not facts["clusters"]:
        st.info(_("There are no clusters: every image is noise. Lower min_cluster_size."))
        return []
    given = verdicts.of_clusters(dataset, labels)
    names = views.cluster_names(dataset, labels)
    numbers = [one["number"] for one in facts["clusters"]]
    rows = cluster_rows(facts["clusters"], names, given)
    left, right = st.columns([1, 2], gap="medium")
    with left:
        number = _choose_cluster(numbers, names)
    with right:
        verdict_panel.on_cluster(dataset, found.map, number)
    _page(
        dataset,
        rows,
        label=_("Clusters"),
        key="clusters",
        on_open=lambda opened: judged_state.choose(keys.CLUSTER_CHOICE, int(opened)),
    )
    (own,) = (one for one in facts["clusters"] if one["number"] == number)
    beside: list[int] = own["strangers"]
    return beside


def _choose_cluster(numbers: Sequence[int], names: Mapping[int, str]) -> int:
    asked = judged_state.to_choose(keys.CLUSTER_CHOICE)
    if asked in numbers:
        st.session_state[keys.CLUSTER_CHOICE] = asked
    if st.session_state.get(keys.CLUSTER_CHOICE) not in numbers:
        st.session_state[keys.CLUSTER_CHOICE] = numbers[0]
    chosen = st.selectbox(
        _("Cluster"),
        numbers,
        key=keys.CLUSTER_CHOICE,
        format_func=lambda number: " · ".join(
            filter(None, [cluster_table.label(number), names.get(number, "")])
        ),
        persist_state="session",
    )
    return int(chosen if chosen is not None else numbers[0])


def cluster_rows(
    portraits: Sequence[Facts], names: Mapping[int, str], given: Mapping[int, Verdict]
) -> list[Row]:
    """Return a row for each cluster: its majority, its words, its strangers, and the verdict on it."""
    rows = []
    for one in portraits:
        number = one["number"]
        label = cluster_table.label(number)
        chips = []
        if number in given:
            kind: Any = {"agree": "good", "disagree": "odd"}.get(given[number].opinion, "")
            chips = [Chip(text=verdicts.opinion_names()[given[number].opinion], kind=kind)]
        rows.append(
            Row(
                id=str(number),
                title=f"{label} · {names[number]}" if number in names else label,
                opens=_("Give a verdict on this cluster"),
                chips=chips,
                texts=[
                    *_portrait(one),
                    *([given[number].note] if number in given and given[number].note else []),
                ],
                strips=[counted(one["strangers"], _SHOWN, _others(one))] if one["strangers"] else [],
            )
        )
    return rows


def _portrait(one: Facts) -> list[str]:
    words = ", ".join(word["word"] for word in one["words"])
    return [
        sentences.portrait(one),
        _("set apart by the words: {words}").format(words=words) if words else _("No words set it apart."),
    ]


def _others(one: Facts) -> str:
    return _("strangers") if sentences.has_majority(one) else _("of other categories")
