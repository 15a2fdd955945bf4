"""The few dozen numbers by which two runs are compared, read off the outlook's tree."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

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
    return (*_endings(tree), *_terms(tree), *_moment(tree), *_line(tree))


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
        found.append(_number(f"end_{_key(end)}", f"{end} by {horizon}", cumulative[-1, k], "1"))
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


def _number(key: str, label: str, value: Any, unit: str) -> Result:
    number = float(value)
    return Result(key, label, number if np.isfinite(number) else None, unit)


def _date(key: str, label: str, value: Any) -> Result:
    day = np.datetime64(value, "D")
    return Result(key, label, None if np.isnat(day) else str(day), "date")


def _key(name: str) -> str:
    return name.replace(" ", "_").replace("-", "_").lower()


def _array(tree: xr.DataTree, name: str) -> NDArray[Any]:
    return np.asarray(tree[name].values)
