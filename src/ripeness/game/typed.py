"""Private information in the labelled game: what every profile of types is built from, and who believes what.

A type may change what things are worth and how likely moves are. What everybody sees must be the same for all types:
the grid, the calendar, postures, efforts, terms, who proposes, and how likely a peace or a leader's time ends.
"""

from __future__ import annotations

import math

import numpy as np

from ripeness.game.agenda import packages as packages_of
from ripeness.game.answers import Answers
from ripeness.game.beliefs import Float, log_odds_nodes, simplex_nodes
from ripeness.game.calendar import calendar, start_date
from ripeness.game.errors import GameError, ask
from ripeness.game.frame import Frame, check_needs, discount_of, efforts_of, postures_of, probability
from ripeness.game.layout import collect_axes, in_order
from ripeness.game.tables import TableBuilder
from ripeness.game.variants import Variants
from ripeness.mechanisms.base import ROLES, Axis, GridSize
from ripeness.scenario.beliefs import Beliefs, Observer, SideBeliefs, belief_of, public_belief
from ripeness.scenario.schema import YEARS_PER_PERIOD, Scenario
from ripeness.scenario.variants import n_types, variants

SEEN = "everybody sees it"


def typed_frames(scenario: Scenario, periods: int, grid: GridSize, answers: Answers | None = None) -> Variants:
    """Frames of all profiles of types, with axes in the order in which mechanisms declare them.

    Args:
        periods: number of periods that are solved.
        answers: of hooks, from games that have something in common with this one.

    Raises:
        GameError: what cannot be turned into a game, or what may not differ between types.
    """
    sides = scenario.beliefs.sides() if scenario.beliefs is not None else {}
    if "patron" in sides and scenario.actors.patron is None:
        raise GameError("beliefs.patron needs actors.patron, which the scenario does not have. Add it.")
    try:
        scenarios = variants(scenario)
    except ValueError as fault:
        first = str(fault).splitlines()[0]
        raise GameError(f"beliefs: a number under `set` cannot be changed: {first}") from fault
    frames = tuple(_frame(each, periods, grid) for each in scenarios)
    v = Variants(n_types(scenario), frames, Answers() if answers is None else answers)
    if len(v.frames) == 1:
        return v
    v.same([_points(frame.axes) for frame in v.frames], "the grid", SEEN)
    v.same([frame.postures for frame in v.frames], "the menu of postures", SEEN)
    v.same([frame.efforts for frame in v.frames], "the list of effort levels", SEEN)
    v.same([frame.calendar.first_period for frame in v.frames], "the calendar", SEEN)
    terms = [tuple((p.name, p.terms, p.shift, p.guarantees) for p in frame.packages) for frame in v.frames]
    v.same(terms, "the agenda", SEEN)
    return v


def _frame(scenario: Scenario, periods: int, grid: GridSize) -> Frame:
    """What all steps of the build share under one profile."""
    mechanisms = in_order(scenario.mechanisms)
    roles = scenario.actors.roles()
    check_needs(mechanisms, tuple(roles))
    years = YEARS_PER_PERIOD[scenario.period]
    start = start_date(scenario.start)
    breaks = [b for name, mechanism in mechanisms for b in ask(name, mechanism.breaks, start, years, periods)]
    frame = Frame(
        mechanisms=mechanisms,
        axes=(),
        roles=tuple(roles),
        discount={role: discount_of(role, float(actor.discount_yearly), years) for role, actor in roles.items()},
        rates={role: float(actor.discount_yearly) for role, actor in roles.items()},
        packages=packages_of(scenario.agenda, scenario.plan),
        postures=postures_of(mechanisms, "patron" in roles),
        efforts=(efforts_of(scenario, "attacker"), efforts_of(scenario, "defender")),
        calendar=calendar(start, years, periods, breaks),
    )
    return frame.with_axes(tuple(axis for axis, _ in collect_axes(mechanisms, grid)))


def _points(axes: tuple[Axis, ...]) -> tuple[object, ...]:
    return tuple((a.name, tuple(np.asarray(a.values).tolist()), float(a.start), a.labels) for a in axes)


def fill_beliefs(builder: TableBuilder, v: Variants, beliefs: Beliefs | None, n_steps: int) -> None:
    """Belief axes with the offsets of all observers, and secrets that leak as nature's last steps.

    Args:
        n_steps: steps of nature that are taken already.
    """
    everywhere = slice(None)
    for role, side in (beliefs.sides() if beliefs is not None else {}).items():
        known = beliefs is not None and beliefs.known
        nodes, start = _nodes(side, known)
        public = _log_odds(public_belief(side))
        observers: list[Observer] = [row.role for row in v.rows] + ["truth"]
        offset = np.array([_log_odds(belief_of(side, o)) - public if o != role else 0.0 * public for o in observers])
        resolution = 0 if len(side.types) == 2 else (1 if known else side.resolution)
        builder.add_beliefs(ROLES.index(role), nodes, start=start, offset=offset, resolution=resolution)
        if side.leak_yearly > 0.0 and not known:
            leak = builder.reveal(probability(float(side.leak_yearly), v.first.years), ROLES.index(role))
            builder.set_nature(n_steps, leak, epoch=everywhere, posture=everywhere, effort=everywhere, row=everywhere)
            n_steps += 1


def belief_sizes(scenario: Scenario) -> tuple[int, int]:
    """Number of value rows and of joint public beliefs of a scenario's game."""
    sides = scenario.beliefs.sides() if scenario.beliefs is not None else {}
    known = scenario.beliefs is not None and scenario.beliefs.known
    n_rows = sum(len(sides[role].types) if role in sides else 1 for role in scenario.actors.roles())
    return n_rows, math.prod(_nodes(side, known)[0].shape[0] for side in sides.values())


def _nodes(side: SideBeliefs, known: bool) -> tuple[Float, int]:
    """Nodes of a belief axis and its start; what is known from the start needs the certainties alone."""
    start = public_belief(side)
    if len(start) > 2:
        return simplex_nodes(len(start), 1 if known else side.resolution, start)
    log_odds = float(_log_odds(start)[1])
    if not known:
        further = [float(_log_odds((1.0 - belief, belief))[1]) for belief in side.at]
        return log_odds_nodes(side.nodes, float(side.reach), log_odds, further)
    return np.array([[1.0, 0.0], start, [0.0, 1.0]]), 1


def _log_odds(belief: tuple[float, ...]) -> Float:
    """Log-odds of each type against the first."""
    p = np.array(belief)
    if p.min() <= 0.0:
        raise GameError(
            f"beliefs must leave a probability above 0 to every type, got {', '.join(f'{x:.6g}' for x in p)}. Lower "
            "the probabilities; the first type has what the others leave."
        )
    log_odds: Float = np.log(p) - np.log(p[0])
    return log_odds
