"""What the figures of the categories page mean, in plain words. Facts in, text out."""

from collections.abc import Mapping
from typing import Any, Final

from barrx.i18n import _, ngettext, numeral
from barrx.ui.text import rounded_down, shortened

Facts = Mapping[str, Any]

_LEVELS: Final = ((0.75, "high"), (0.4, "clear"), (0.15, "weak"))
_CLEAR_P: Final = 0.05
_NAME_LENGTH: Final = 80  # of a category in a sentence, so that what comes after it is seen


def agreement(facts: Facts, column: str) -> str:
    """Say how far clusters and categories agree, from the facts of the part ``agreement``."""
    found = facts["agreement"]
    if found["reason"]:
        nothing = _("Nothing can be said of “{column}”: {reason}.").format(
            column=column, reason=found["reason"]
        )
        return nothing if found["reason_with_noise"] else f"{nothing} {_noise_counted(found['with_noise'])}"
    clear, share = found["without_noise"], found["clustered_share"]
    head = _level(clear["figures"]["ami"] - clear["chance"]["ami"], clear["p"])
    said = head.format(column=column, ami=two_places(clear["figures"]["ami"]))
    chance = _("Chance alone gives {mean} ± {spread}.").format(
        mean=two_places(clear["chance"]["ami"]), spread=two_places(clear["spread"]["ami"])
    )
    of_all = (
        _("That holds for the {share:.0%} of the images that lie in a cluster.").format(
            share=rounded_down(share)
        )
        if share < 1
        else _("Each of the images compared lies in a cluster.")
    )
    return f"{said} {chance} {of_all}"


def _noise_counted(whole: Facts) -> str:
    return _(
        "Noise counted as a group, the agreement is {ami} of 1; chance alone gives {mean} ± {spread}."
    ).format(
        ami=two_places(whole["figures"]["ami"]),
        mean=two_places(whole["chance"]["ami"]),
        spread=two_places(whole["spread"]["ami"]),
    )


def two_places(number: float) -> str:
    """Return a number with two decimal places."""
    return numeral(number, ".2f")


def _level(above: float, p: float) -> str:
    if p > _CLEAR_P:
        return _("The clusters do not follow “{column}”: agreement {ami} is no more than chance gives.")
    level = next((name for bound, name in _LEVELS if above >= bound), "hardly")
    return {
        "high": _("The clusters follow “{column}” closely: agreement {ami} of 1."),
        "clear": _("The clusters follow “{column}” clearly, but not closely: agreement {ami} of 1."),
        "weak": _("The clusters follow “{column}” weakly: agreement {ami} of 1."),
        "hardly": _("The clusters hardly follow “{column}”: agreement {ami} of 1, though more than chance."),
    }[level]


def several(column: str) -> str:
    """Say why the figures of a column with several values in a cell stay below 1."""
    return _(
        "In “{column}” images may have several values. Such an image counts once for each, but lies in one cluster "
        "only: so the agreement stays below 1 even where clusters and values go together as well as can be."
    ).format(column=column)


def several_with_noise(column: str) -> str:
    """Say why only the figures that count noise stay below 1."""
    return _(
        "In “{column}” images may have several values. Such an image counts once for each, but lies in one group "
        "only: so with noise as a group the agreement stays below 1 even where groups and values go together as well "
        "as can be."
    ).format(column=column)


def purity(facts: Facts) -> str:
    """Say how often neighbours share a category."""
    found, k = facts["purity"], facts["k"]
    if found["embedding"] is None or found["map"] is None:
        return _("No image has neighbours with a value to compare.")
    return ngettext(
        "The one nearest of an image shares its category in the embedding in {embedding:.0%} of all cases, on the map "
        "in {map:.0%}; an image drawn at random would in {chance:.0%}.",
        "Of the {k} nearest of an image, {embedding:.0%} share its category in the embedding and {map:.0%} on the "
        "map; among images drawn at random {chance:.0%} would.",
        k,
    ).format(k=k, embedding=found["embedding"], map=found["map"], chance=found["chance"])


def cohesion(one: Facts) -> str:
    """Say how the clusters hold a category together, from an entry of the part ``categories``."""
    share, part = (numeral(rounded_down(one[name]), ".0%") for name in ("share_in_main", "share_of_main"))
    given = {"n": one["main_cluster"], "share": share, "part": part, "size": numeral(one["size"])}
    match one["state"]:
        case "coherent":
            said = _("{share} of its clustered images are in cluster {n}, and make up {part} of it.")
        case "merged":
            said = _("{share} of its clustered images are in cluster {n}, but share it with {others}.")
            given["others"] = _listed(one["merged_with"], one["without_value"])
        case "split":
            said = _("It is divided among clusters of its own: {clusters}.")
            given["clusters"] = ", ".join(map(str, one["own_clusters"]))
        case "single":
            said = _("Only one of its images is in a cluster: there is nothing to hold together.")
        case "noise":
            said = _("Most of its images are in no cluster: {noise} of {size}.")
            given["noise"] = numeral(one["size"] - one["clustered"])
        case _:
            said = _(
                "Its {clustered} clustered images are in {clusters} clusters; no cluster holds more than {most} of "
                "them ({share})."
            )
            given["clustered"], given["clusters"] = numeral(one["clustered"]), numeral(one["n_clusters"])
            given["most"] = numeral(round(one["share_in_main"] * one["clustered"]))
    return said.format(**given)


def _listed(names: list[str], without_value: int, most: int = 3) -> str:
    rest, n = len(names) - most, without_value
    said = names[:most]
    counted = []
    if rest > 0:
        more = ngettext("{n} other category", "{n} other categories", rest)
        counted.append(more.format(n=numeral(rest)))
    if n:
        unknown = ngettext("{n} image without a value", "{n} images without a value", n)
        counted.append(unknown.format(n=numeral(n)))
    if said and counted:
        listed, last = ", ".join([*said, *counted[:-1]]), counted[-1]
        return _("{listed}, and {last}").format(listed=listed, last=last)
    return ", ".join([*said, *counted])


def portrait(one: Facts) -> str:
    """Say how large a cluster is and what most of it is, from an entry of ``clusters`` of the part ``categories``.

    A share is of the whole cluster, as in the table of the clusters. Where not every image has a value they are
    counted: a share of the few that have one would read as one of the cluster.
    """
    size = ngettext("{n} image", "{n} images", one["size"]).format(n=numeral(one["size"]))
    given = {"size": size, "known": numeral(one["known"]), "majority": one["majority"]}
    if one["known"] == one["size"]:
        share = rounded_down(one["majority_size"] / one["size"])
        said = _("{size}, {share:.0%} of them {majority}").format(share=share, **given)
        if not has_majority(one):
            return said + " · " + _("no majority")
        return said if one["strangers"] else said + " · " + _("no strangers")
    if not one["known"]:
        return _("{size}, none of them with a value").format(size=size)
    if one["majority_size"] == one["known"]:
        return _("{size}, {known} of them with a value: {majority}").format(**given)
    said = _("{size}, {known} of them with a value, {n} of these {majority}").format(
        n=numeral(one["majority_size"]), **given
    )
    return said if has_majority(one) else said + " · " + _("no majority")


def has_majority(one: Facts) -> bool:
    """Tell whether the largest category of a cluster is more than half of its images that have a value.

    Where it is not, those of other categories are no strangers: the cluster is nobody's own.
    """
    return bool(2 * one["majority_size"] > one["known"])


def states() -> dict[str, str]:
    """Return what the states of a category are called."""
    return {
        "coherent": _("coherent"),
        "merged": _("merged"),
        "split": _("split"),
        "scattered": _("scattered"),
        "single": _("one clustered image"),
        "noise": _("mostly noise"),
    }


def in_state(state: str, n: int) -> str:
    """Say how many categories are in a state."""
    return {
        "coherent": ngettext("{n} coherent", "{n} coherent", n),
        "merged": ngettext("{n} merged", "{n} merged", n),
        "split": ngettext("{n} split", "{n} split", n),
        "scattered": ngettext("{n} scattered", "{n} scattered", n),
        "single": ngettext("{n} with one clustered image", "{n} with one clustered image", n),
        "noise": ngettext("{n} mostly noise", "{n} mostly noise", n),
    }[state].format(n=numeral(n))


def misplaced(one: Facts) -> str:
    """Say what a picture is catalogued as, and what it looks like."""
    own = " · ".join(shortened(name, _NAME_LENGTH) for name in one["catalogued"])
    return _("catalogued {own}, looks like {other}").format(
        own=shortened(own, 2 * _NAME_LENGTH), other=shortened(one["looks_like"], _NAME_LENGTH)
    )


def misplaced_why(one: Facts) -> str:
    """Say why a picture counts as misplaced."""
    name, known = shortened(one["looks_like"], _NAME_LENGTH), one["counted"]
    if known == one["neighbors"]:
        return _("{other:.0%} of its nearest are {name}, {own:.0%} its own").format(
            other=one["other_share"], name=name, own=one["own_share"]
        )
    return _("{known} of its {k} nearest have a value; of these {other} are {name}, {own} its own").format(
        known=known,
        k=one["neighbors"],
        other=round(one["other_share"] * known),
        name=name,
        own=round(one["own_share"] * known),
    )


def misplaced_rule(n: int, shown: int, *, is_of_one: bool) -> str:
    """Say by what rule pictures count as misplaced, whether any do, and how many of them are shown.

    Parameters
    ----------
    n, shown : those that count, and those of them that have a row
    is_of_one : whether one category is looked at alone
    """
    rule = _(
        "The rule: at least half of its nearest in the embedding that have a value, and at least three, are of one "
        "other category, more than that category's share of all images with a value; of its own there is at most a "
        "fifth of what there could be. Of categories of fewer than four images nothing is said."
    )
    if not n:
        none = _("No image of this category meets the rule.") if is_of_one else _("No image meets the rule.")
        return f"{none} {rule}"
    look = _("A slip in the catalogue, an influence, or a likeness that only the machine sees: look.")
    if shown == n:
        return f"{rule} {look}"
    cut = _("{shown} of the {n} images are shown below, the clearest first; the button selects all of them.")
    return f"{rule} {look} {cut.format(shown=numeral(shown), n=numeral(n))}"


def spaces(facts: Facts, n_clusters: int) -> str:
    """Say whether clusters on the map are the map's own, from the facts of the part ``spaces``."""
    found = facts["agreement"]
    counts = (
        _("{here} clusters on the map, {there} in ten dimensions.")
        if facts["is_projected"]
        else _("{here} clusters on the map, {there} among the vectors.")
    ).format(here=n_clusters, there=facts["clusters"])
    if found["reason_with_noise"]:
        return counts
    # With noise: which images belong to no cluster is as much a finding as which belong together.
    ami = found["with_noise"]["figures"]["ami"]
    if ami >= _LEVELS[0][0]:
        said = _(
            "Both find much the same groups (agreement {ami:.2f}, noise counted): they are not made by the map."
        )
    elif ami >= _LEVELS[1][0]:
        said = _("They agree in part (agreement {ami:.2f}, noise counted): some groups are the map's own.")
    else:
        said = _(
            "They hardly agree (agreement {ami:.2f}, noise counted): most groups are made by the map. Do not rely on "
            "them."
        )
    said = said.format(ami=ami)
    if found["reason"]:
        return f"{counts} {said}"
    n, everything = facts["in_both"], found["n_compared"]
    clear = _("Of the {n} images ({share:.0%}) that both put into a cluster, it is {ami:.2f}.").format(
        n=n, share=n / everything, ami=found["without_noise"]["figures"]["ami"]
    )
    return f"{counts} {said} {clear}"


def faithfulness(facts: Facts, n_images: int) -> str:
    """Say how far a map can be believed, from the facts of the part ``faithfulness``."""
    said = ngettext(
        "The map keeps the one real neighbour of an image beside it in {kept:.0%} of all cases; a map strewn at random "
        "in {chance:.0%}.",
        "The map keeps {kept:.0%} of the {k} real neighbours of an image beside it; a map strewn at random would "
        "keep {chance:.0%}.",
        facts["k"],
    ).format(kept=facts["kept"], k=facts["k"], chance=facts["kept_by_chance"])
    n = facts["misplaced"]
    if not n:
        return said + " " + _("No image stands among strangers.")
    warning = ngettext(
        "{n} image ({share:.0%}) stands among strangers: most of its neighbours on the map are not like it.",
        "{n} images ({share:.0%}) stand among strangers: most of their neighbours on the map are not like them.",
        n,
    ).format(n=numeral(n), share=n / n_images)
    return f"{said} {warning}"


def nearness(found: Facts) -> str:
    """Say what the permutation test of the arrows gives, from ``nearness`` of the part ``influences``."""
    if found["reason"]:
        return _("There is no test: {reason}.").format(reason=found["reason"])
    return f"{_said_by_the_test(found)} {_figures_of_the_test(found)}"


def _said_by_the_test(found: Facts) -> str:
    if found["least_p"] > _CLEAR_P:
        return _(
            "There are too few pairs for a test to tell whether the images bear the arrows out: p could not be below "
            "{least:.2g}, whatever they looked like."
        ).format(least=found["least_p"])
    effect = found["effect"]
    is_nearer = effect > 0 if effect is not None else found["superiority"] > 0.5
    if found["p"] > _CLEAR_P or not is_nearer:
        return _(
            "The images do not bear the arrows out: related categories look no more alike than chance allows."
        )
    if effect is None:
        return _("The images bear the arrows out: related categories look more alike.")
    strength = _("strongly") if effect >= 0.8 else _("moderately") if effect >= 0.5 else _("weakly")
    return _("The images bear the arrows out {strength}: related categories look more alike.").format(
        strength=strength
    )


def _figures_of_the_test(found: Facts) -> str:
    given = {"times": 100 * found["superiority"], "p": found["p"], "pairs": found["pairs"]}
    if found["effect"] is None:
        return _(
            "A related pair is nearer than an unrelated one {times:.0f} times in 100 (no effect size, since neither "
            "kind of pair differs among itself; p = {p:.2g}, {pairs} related pairs, by permutation of the names)."
        ).format(**given)
    return _(
        "A related pair is nearer than an unrelated one {times:.0f} times in 100 (effect size d = {effect:.2f}, "
        "p = {p:.2g}, {pairs} related pairs, by permutation of the names)."
    ).format(effect=found["effect"], **given)
