"""What keeps a game from being exported: everything at once, with the remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from ripeness.interop.extensive_form import SIDES
from ripeness.interop.slicing import keep_packages
from ripeness.interop.structure import MAX_LEAVES, MAX_POSITIONS, ROUNDING, CountingStopped, Position, Size, Structure


class NotExportable(ValueError):
    """A game that has no extensive form of use; the message lists every reason and its remedy."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("this game cannot be exported: " + "; ".join(self.reasons))


def reasons_against(structure: Structure, *, limit: int, as_if_decisive: bool) -> list[str]:
    """Every reason why the game cannot be exported.

    What is paid and drawn is looked at where the game can come; of a game that is too large to be walked through, at
    its start.
    """
    size = None
    try:
        size, positions = structure.measure()
    except CountingStopped:
        positions = set(structure.first_positions()[:1])
    return [
        *_size(structure, size, limit),
        *_beliefs(structure),
        *dict.fromkeys(
            each for position in sorted(positions, key=_place) for each in _at(structure, position, as_if_decisive)
        ),
    ]


def _place(here: Position) -> tuple[int, int, list[int]]:
    return here.period, here.state, sorted(here.profiles)


def _size(structure: Structure, size: Size | None, limit: int) -> list[str]:
    if size is not None and size.information_sets <= limit and size.leaves <= MAX_LEAVES:
        return []
    if size is None:
        large = (
            f"the tree is too large to be counted (more than {MAX_LEAVES:,} leaves or {MAX_POSITIONS:,} positions; the "
            f"limit is {limit} information sets)"
        )
    elif size.information_sets > limit:
        large = f"it has {_number(size.information_sets)} information sets, the limit is {limit}"
    else:
        large = f"it has {_number(size.leaves)} leaves, the limit is {MAX_LEAVES:,}"
    return [f"{large}. {_remedy(structure, limit)}"]


def _remedy(structure: Structure, limit: int) -> str:
    """What would make the tree small enough, with counts where counting is quick."""
    tables, start = structure.tables, _only(structure.starts)
    found = []
    if structure.n_periods > 1:
        first = _measured(Structure(tables, start=start, periods=1))
        counted = "" if first is None else f" (the first alone has {_number(first.information_sets)} information sets)"
        found.append(f"fewer periods{counted}")
    n_packages = tables.peace_fixed.shape[1]
    if n_packages > 1:
        counted = ""
        for n in range(n_packages - 1, 0, -1):
            size = _measured(Structure(keep_packages(tables, range(n)), start=start, periods=structure.n_periods))
            if size is None:
                break
            if size.information_sets <= limit and size.leaves <= MAX_LEAVES:
                counted = f" ({n} of {n_packages} would do)"
                break
        found.append(f"fewer packages{counted}")
    if tables.n_states > 1:
        found.append("a state that is held fixed")
    if len(structure.postures(0)) > 1:
        found.append("fewer postures")
    return f"Export {' or '.join(found)}" if found else "Raise the limit"


def _measured(structure: Structure) -> Size | None:
    try:
        return structure.measure()[0]
    except CountingStopped:
        return None


def _only(starts: dict[int, float]) -> int | None:
    return next(iter(starts)) if len(starts) == 1 else None


def _number(n: int) -> str:
    return f"{n:,}" if n < 10**9 else f"about 1e{len(str(n)) - 1}"


def _beliefs(structure: Structure) -> list[str]:
    beyond = structure.tables.terminal_nodes is not None and structure.n_periods == structure.tables.n_periods
    given = ["what a war still open after the last period is worth depends on beliefs, which is no payoff of a path"]
    return given * beyond + [
        f"observers differ in their prior belief about {SIDES[axis.side]} (offsets of up to "
        f"{abs(axis.offset).max():.3g} in log-odds), which no common draw of types can give. Set the offsets to zero"
        for axis in structure.tables.beliefs
        if axis.offset.any()
    ]


def _at(structure: Structure, here: Position, as_if_decisive: bool) -> Iterator[str]:
    """Reasons at the start of one period; the same reason has the same words."""
    tables, pool = structure.tables, structure.tables.pool
    epoch = structure.epoch(here.period)
    packages = [n for n in structure.offers(epoch) if n != tables.peace_fixed.shape[1]]
    for m in structure.postures(epoch):
        proposers = [j for j in structure.recognised(epoch, m, here.state) if j >= 0] if packages else []
        breaks = pool[tables.peace_resume[epoch][packages], here.state].any()
        if proposers and breaks and here.period < structure.n_periods - 1:
            yield (
                "a settlement can break before the last period, and the war that resumes is worth an expectation of "
                "next period's values, which is no branch of a tree. Export one period, or set the breakdown to zero"
            )
        if 2 in proposers and not as_if_decisive:
            yield (
                "the patron makes offers, which two sides answer as if each decided alone; that is no rule of Nash. "
                "Set the patron's chance to propose to zero, or ask for this rule (as_if_decisive, --as-if-decisive), "
                "which pays who answers first for the settlement as soon as he accepts"
            )
        for effort in range(tables.n_effort_a * tables.n_effort_d):
            yield from _of_nature(structure, here, m, effort)


def _of_nature(structure: Structure, here: Position, m: int, effort: int) -> Iterator[str]:
    """Whether everybody who chooses reckons with the true odds, and is paid by nature only at an end."""
    tables, epoch = structure.tables, structure.epoch(here.period)
    truth = structure.operators(epoch, m, effort, -1)
    on_the_way = _states_on_the_way(structure, truth, here)
    choosers = 3 if tables.recognition.shape[2] == 3 or tables.posture_weight.shape[1] > 1 else 2
    for row in range(sum(tables.types[:choosers])):
        mine = structure.operators(epoch, m, effort, row)
        yield from _of_row(structure, here, row, list(zip(mine, truth, on_the_way[:-1], strict=True)))


def _of_row(
    structure: Structure, here: Position, row: int, steps: Sequence[tuple[int, int, set[int]]]
) -> Iterator[str]:  # fmt: skip
    """The same for one row.

    Args:
        steps: operator of the row, that of the truth, and the states that nature can have reached, at each step.
    """
    tables = structure.tables
    side, kind = int(tables.row_side[row]), int(tables.row_type[row])
    profiles = [p for p in here.profiles if structure.types[p, side] == kind]
    for operator, true, reached in steps:
        for state, p in product(reached, profiles):
            spread = _spread(structure, true, state, p)
            if operator != true and _spread(structure, operator, state, p) != spread:
                yield (
                    f"{SIDES[side]} reckons with odds of nature that are not the true ones (such as a leader's own "
                    "removal), which no common draw can give. Leave out the mechanism that does so, or hold the state "
                    "fixed"
                )
                return
            source = int(tables.profiles.operator_source[operator, p]) if operator >= 0 else -1
            if source >= 0 and tables.pool[source, state] and 1.0 - sum(spread.values()) <= ROUNDING:
                yield (
                    f"a move of nature pays {SIDES[side]} although the war goes on (as a leader's own removal does). "
                    "Leave out the mechanism that does so, or hold the state fixed"
                )
                return


def _states_on_the_way(structure: Structure, truth: list[int], here: Position) -> list[set[int]]:
    """States that nature can have reached before each of its steps."""
    reached = [{here.state}]
    for operator in truth:
        reached.append({
            state + offset for state in reached[-1] for p in here.profiles
            for offset in _spread(structure, operator, state, p)
        })  # fmt: skip
    return reached


def _spread(structure: Structure, operator: int, state: int, profile: int) -> dict[int, float]:
    """Probability of each destination, relative to the state."""
    if operator < 0:
        return {0: 1.0}
    found: dict[int, float] = {}
    for offset, odd in zip(
        structure.tables.operator_offset[operator], structure.odds(operator, state, profile), strict=True
    ):
        if odd > 0.0:
            found[int(offset)] = found.get(int(offset), 0.0) + odd
    return found
