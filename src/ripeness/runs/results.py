"""The few dozen numbers by which two runs are compared, read off the outlook's tree."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ripeness.questions.endings import SETTLEMENT
from ripeness.questions.labels import key_of
from ripeness.questions.secrets import AS_IT_IS, KNOWN
from ripeness.questions.views import PUBLIC, TRUTH, type_name

SPANS_YEARS = (1.0, 2.0, 5.0)
"""Times from the start at which the odds of a settlement are told, besides the horizon."""


@dataclass(frozen=True)
class Result:
    """One number of a run.

    Attributes:
        key: name that is the same in every run that has it.
        label: for people.
        value: number, date (ISO), or None where it is not defined, for example the date of what does not happen.
        unit: "1" for probabilities, "share" of what is disputed, "date", or a rate.
    """

    key: str
    label: str
    value: float | str | None
    unit: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def results(tree: xr.DataTree) -> tuple[Result, ...]:
    """The numbers of an outlook's tree, the most asked for first."""
    return (
        *_endings(tree),
        *_terms(tree),
        *_moment(tree),
        *_line(tree),
        *_views(tree),
        *_beliefs(tree),
        *_secrets(tree),
    )


def _endings(tree: xr.DataTree) -> list[Result]:
    cumulative = _array(tree, "outlook/cumulative_probability")
    ends = [str(end) for end in _array(tree, "outlook/end")]
    years = float(tree.attrs["years_per_period"])
    n_periods = cumulative.shape[0]
    found = []
    for span in SPANS_YEARS:
        period = round(span / years)
        if 1 <= period < n_periods:
            label = f"settled within {span:g} year{'s' if span != 1 else ''}"
            found.append(_number(f"settled_within_{span:g}y", label, cumulative[period - 1, 0], "1"))
    horizon = str(tree.attrs["horizon"])
    for k, end in enumerate(ends):
        found.append(_number(f"end_{key_of(end)}", f"{end} by {horizon}", cumulative[-1, k], "1"))
    median = [float(q) for q in _array(tree, "quantile")].index(0.5)
    found.append(
        _date(
            "settlement_date",
            "date of settlement, if there is one (median)",
            _array(tree, "outlook/settlement_date_given")[median],
        )
    )
    found.append(
        _date(
            "war_end_date",
            "date of the war's end, however it ends (median)",
            _array(tree, "outlook/war_end_date")[median],
        )
    )
    return found


def _terms(tree: xr.DataTree) -> list[Result]:
    overall = tree["outlook/terms_overall"]
    levels = [float(q) for q in _array(tree, "quantile")]
    found = [
        _number(f"terms_{name}", f"terms, A's share ({said})", np.asarray(overall.values)[levels.index(level)], "share")
        for name, said, level in (("low", "5%", 0.05), ("median", "median", 0.5), ("high", "95%", 0.95))
    ]
    broken = tree["outlook/breakdown_probability"].attrs.get("overall")
    if broken is not None:
        found.append(_number("breakdown", "peace breaks within five years, if signed", broken, "1"))
    return found


def _moment(tree: xr.DataTree) -> list[Result]:
    """What each seat sees at the start."""
    found = [
        _number("ripe", "ripe at the start", _array(tree, "zone/ripe_probability")[0], "1"),
        _date("first_ripe", "first period that is more likely ripe than not", _array(tree, "zone/first_ripe")[()]),
    ]
    least, most = _array(tree, "zone/least_attacker")[0], _array(tree, "zone/greatest_defender")[0]
    widest = int(np.argmax(np.nan_to_num(most - least, nan=-np.inf)))
    found.append(_number("least_attacker", "least terms that A would sign at the start", least[widest], "share"))
    found.append(_number("greatest_defender", "greatest terms that D would sign at the start", most[widest], "share"))
    for k, role in enumerate(str(r) for r in _array(tree, "actor")):
        found.append(
            _number(
                f"value_{role}",
                f"value of the war to the {role} at the start",
                _array(tree, "outlook/value")[0, k],
                "share",
            )
        )
        found.append(
            _number(
                f"best_gain_{role}",
                f"best gain from settling at the start to the {role}",
                _array(tree, "outlook/best_gain")[0, k],
                "share",
            )
        )
    return found


def _line(tree: xr.DataTree) -> list[Result]:
    if "territory" not in tree["axes"].children if "axes" in tree.children else True:
        return []
    mean = _array(tree, "axes/territory/mean")
    period = min(len(mean) - 1, round(1.0 / float(tree.attrs["years_per_period"])))
    return [_number("line", f"share held by A after {period} periods, while open", mean[period], "share")]


def _views(tree: xr.DataTree) -> list[Result]:
    """The odds as each sees them, values by type, and how many choices had several solutions."""
    if "views" not in tree.children:
        return []
    horizon = str(tree.attrs["horizon"])
    settled = _settled(tree, "views")
    value = _array(tree, "views/value")
    actors = [str(role) for role in _array(tree, "actor")]
    found = []
    for v, view in enumerate(str(name) for name in _array(tree, "views/view")):
        role, given, kind = view.partition(": ")
        who = (
            f"given that the {role} is “{kind}”" if given else f"as the {'analyst' if view == TRUTH else role} sees it"
        )
        found.append(_number(f"settled_{key_of(view)}", f"settlement by {horizon}, {who}", settled[v], "1"))
        if given:
            label = f"value of the war to the {role} at the start, of type “{kind}”"
            found.append(_number(f"value_{key_of(view)}", label, value[v, actors.index(role)], "share"))
    if "several_solutions" in tree:
        label = "choices with several solutions, over periods, states and beliefs"
        found.append(_number("several_solutions", label, _array(tree, "several_solutions").sum(), "choices"))
    return found


def _beliefs(tree: xr.DataTree) -> list[Result]:
    """What each observer believes at the start, and how often a wrong belief outlives the war."""
    found = []
    for role in tree["beliefs"].children if "beliefs" in tree.children else ():
        group = tree[f"beliefs/{role}"].to_dataset()
        for observer in (str(name) for name in group["observer"].values):
            who = {TRUTH: "of the analyst", PUBLIC: "held in public"}.get(observer, f"of the {observer}")
            for kind in (str(name) for name in group["type"].values):
                key = f"{observer}_{key_of(type_name(str(role), kind))}"
                label = f"belief {who} at the start that the {role} is “{kind}”"
                found.append(_number(f"belief_{key}", label, group["start"].sel(observer=observer, type=kind), "1"))
                label = f"settlements signed against a belief {who}, if the {role} is “{kind}”"
                misled = group["misled_at_settlement"].sel(observer=observer, true_type=kind)
                found.append(_number(f"misled_{key}", label, misled, "1"))
    return found


def _secrets(tree: xr.DataTree) -> list[Result]:
    """What each would gain were a misreading put right, or the types known."""
    if "secrets" not in tree.children:
        return []
    gain, settled = _array(tree, "secrets/gain"), _settled(tree, "secrets")
    found = []
    for v, variant in enumerate(str(name) for name in _array(tree, "secrets/variant")):
        if variant == AS_IT_IS:
            continue
        said = f"the {variant}" if variant != KNOWN else "the types were known"
        said = said.replace(" reads right", " read right")
        label = f"settlement by {tree.attrs['horizon']} if {said}"
        found.append(_number(f"settled_if_{key_of(variant)}", label, settled[v], "1"))
        for w, who in enumerate(str(name) for name in _array(tree, "secrets/who")):
            label = f"what the {who} would gain if {said}"
            found.append(_number(f"gain_if_{key_of(variant)}_{key_of(who)}", label, gain[v, w], "share"))
    return found


def _settled(tree: xr.DataTree, group: str) -> NDArray[Any]:
    """Probability of a settlement by the horizon, by view or variant."""
    ends = [str(end) for end in _array(tree, f"{group}/end")]
    return np.asarray(_array(tree, f"{group}/cumulative_probability")[-1, :, ends.index(SETTLEMENT)])


def _number(key: str, label: str, value: Any, unit: str) -> Result:
    number = float(value)
    return Result(key, label, number if np.isfinite(number) else None, unit)


def _date(key: str, label: str, value: Any) -> Result:
    day = np.datetime64(value, "D")
    return Result(key, label, None if np.isnat(day) else str(day), "date")


def _array(tree: xr.DataTree, name: str) -> NDArray[Any]:
    return np.asarray(tree[name].values)
