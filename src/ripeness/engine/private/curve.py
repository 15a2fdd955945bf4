"""All solutions of an informed choice that hang together with the certain ends of a fiber.

Bayes' rule asks f_a(l_a) = c of every action and H(c) = c + Z of the prior (`choice`). f_a is made of pieces that rise
or fall: it turns at nodes and, inside a cell, where 1 + q E - r / E = 0. As long as no action turns, its posterior is a
function of c. The curve of solutions starts where everybody is certain of type 0, with c = -infinity. Where an action
reaches a turn it goes on over it, and c turns back; all others go back the way they came. The curve ends where
everybody is certain of type 1. Between two stops along it, split where H turns, H is compared with the priors of the
nodes: each that it crosses is a solution there. Curves that are closed in themselves are not seen.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ripeness.engine.apart import apart, inner_exact
from ripeness.engine.private.fiber import BASE0, BASE1, LOG_ODDS, ORIGIN, W0, W1, Fiber, Q, R, growth

HALVINGS = 200
CLOSE = 1e-13
"""A violation of Bayes' rule below this, relative to lambda |Q|, is rounding."""
FAILED = 1e-9
"""A violation above this, relative to lambda |Q|, is no solution."""
STEP, UNIT = 1e-13, 3e-16
"""Relative length of a last step, and rounding of a sum."""
MOST_STOPS = 40
"""Stops along the curve for every turn and node of the fiber, before it is given up."""
TURNING = 1e-8
"""How exactly it is found where H turns, relative to the stretch; H is flat there, and exact to the square of this."""
PARTS = 2
"""Of the way between two stops; on each H is taken to turn once at most."""
TURN, HEIGHT = range(2)
BREAKS, PIECE = range(2)
Y, E, SLOPE0, SLOPE1, BEFORE, END = range(6)


class Curve(NamedTuple):
    """The pieces of every f_a, where on it the actions stand, and the solutions found. M breaks at most."""

    shape: NDArray[np.float64]  # (2, n, M) TURN: log-odds of the breaks between pieces, increasing; HEIGHT: f there
    cell: NDArray[np.int64]  # (n, M + 1) cell of each piece
    stand: NDArray[np.int64]  # (2, n) BREAKS: how many there are; PIECE: on which each action stands
    # (6, n) Y: its posterior; E there; SLOPE0, SLOPE1: of lambda Q against c; BEFORE, END: Y at the last, the next stop
    place: NDArray[np.float64]
    odds: NDArray[np.float64]  # (2, n) chance of each action, by type
    found: NDArray[np.int64]  # (B,) how many solutions each node has
    solved: NDArray[np.bool_]  # (B,) whether one was kept
    posterior: NDArray[np.float64]  # (B, n) of it
    where: NDArray[np.int64]  # (B, n) its cells
    chances: NDArray[np.float64]  # (B, 2, n)


@inner_exact
def make_curve(n: int, size: int) -> Curve:
    """Room for the curve of a fiber."""
    apart()
    most = 3 * size
    return Curve(
        np.empty((2, n, most)), np.empty((n, most + 1), np.int64), np.empty((2, n), np.int64), np.empty((6, n)),
        np.empty((2, n)), np.empty(size, np.int64), np.empty(size, np.bool_), np.empty((size, n)),
        np.empty((size, n), np.int64), np.empty((size, 2, n)),
    )  # fmt: skip


@inner_exact
def _break(axis: Any, payoff: Any, shape: Any, cell: Any, i: int) -> int:
    """Find the pieces of f of action i; returns how many breaks lie between them."""
    apart()
    size = axis.shape[1]
    m = 0
    for j in range(size - 1):
        if j > 0:
            shape[TURN, i, m] = axis[LOG_ODDS, j]
            shape[HEIGHT, i, m] = axis[LOG_ODDS, j] - payoff[W1, i, j] + payoff[W0, i, j]
            m += 1
        cell[i, m] = j
        q, r = payoff[Q, i, j], payoff[R, i, j]
        under = 1.0 + 4.0 * q * r
        if under <= 0.0 or (q >= 0.0 and r <= 0.0):
            continue
        half = -0.5 * (1.0 + math.sqrt(under))
        one = half / q if q < 0.0 else -1.0
        two = -r / half
        for e in (min(one, two), max(one, two)):
            if e <= 0.0:
                continue
            at = axis[ORIGIN, j] + math.log(e)
            if (j == 0 or at > axis[LOG_ODDS, j]) and (j == size - 2 or at < axis[LOG_ODDS, j + 1]):
                shape[TURN, i, m] = at
                shape[HEIGHT, i, m] = at - payoff[BASE1, i, j] + payoff[BASE0, i, j] + q * e + r / e
                m += 1
                cell[i, m] = j
    return m


@inner_exact
def _rises(shape: Any, breaks: int, i: int, piece: int) -> bool:
    """Whether f of action i rises along a piece."""
    if piece == 0 or piece == breaks:
        return True
    return bool(shape[HEIGHT, i, piece] >= shape[HEIGHT, i, piece - 1])


@inner_exact
def _settle(axis: Any, payoff: Any, shape: Any, cell: Any, stand: Any, place: Any, i: int, c: float) -> None:
    """Put action i where f = c, on the run of pieces on which it stands, with the slopes of its payoffs against c."""
    apart()
    m, breaks = stand[PIECE, i], stand[BREAKS, i]
    up = _rises(shape, breaks, i, m)
    while True:
        if (
            m < breaks and (shape[HEIGHT, i, m] < c) == up and shape[HEIGHT, i, m] != c
            and _rises(shape, breaks, i, m + 1) == up
        ):  # fmt: skip
            m += 1
        elif (
            m > 0 and (shape[HEIGHT, i, m - 1] > c) == up and shape[HEIGHT, i, m - 1] != c
            and _rises(shape, breaks, i, m - 1) == up
        ):  # fmt: skip
            m -= 1
        else:
            break
    stand[PIECE, i] = m
    j = cell[i, m]
    p, q, r = payoff[BASE0, i, j] - payoff[BASE1, i, j] - c, payoff[Q, i, j], payoff[R, i, j]
    left = shape[TURN, i, m - 1] if m > 0 else -1e300
    right = shape[TURN, i, m] if m < breaks else 1e300
    y = place[Y, i]
    if m == 0:  # q E lies between zero and its value at the node
        left = min(right, -p - max(q * growth(axis, j, right), 0.0)) - 1e-9 * (1.0 + abs(p))
    elif m == breaks:
        right = max(left, -p - min(r / growth(axis, j, left), 0.0)) + 1e-9 * (1.0 + abs(p))
    elif not left < y < right:  # it stood elsewhere
        over = shape[HEIGHT, i, m] - shape[HEIGHT, i, m - 1]
        y = left + (right - left) * (c - shape[HEIGHT, i, m - 1]) / over if over != 0.0 else left
    if not left <= y <= right:
        y = 0.5 * (left + right)
    e = growth(axis, j, y)
    move0, move1 = q * e, r / e
    for _ in range(HALVINGS):
        excess = y + p + move0 + move1
        if (excess < 0.0) == up:
            left = y
        else:
            right = y
        slope = 1.0 + move0 - move1
        moved = y - excess / slope if slope != 0.0 else math.inf  # at a turn
        if not left <= moved <= right:
            moved = 0.5 * (left + right)
        if abs(moved - y) <= STEP * (1.0 + abs(y)) or abs(excess) <= UNIT * (abs(y) + abs(p) + abs(move0) + abs(move1)):
            break
        y = moved
        e = growth(axis, j, y)
        move0, move1 = q * e, r / e
    rate = 1.0 + move0 - move1
    rate = rate if abs(rate) > 1e-12 else (1e-12 if up else -1e-12)
    place[Y, i], place[E, i], place[SLOPE0, i], place[SLOPE1, i] = y, e, move0 / rate, move1 / rate


@inner_exact
def _weigh(weight: Any, payoff: Any, cell: Any, stand: Any, place: Any, odds: Any) -> float:
    """Z where the actions stand; fills their chances."""
    apart()
    n = weight.size
    gap = 0.0
    for kind in range(2):
        best, total = -1e300, 0.0
        for i in range(n):
            j = cell[i, stand[PIECE, i]]
            if kind == 0:
                odds[kind, i] = payoff[BASE0, i, j] + payoff[Q, i, j] * place[E, i]
            else:
                odds[kind, i] = payoff[BASE1, i, j] - payoff[R, i, j] / place[E, i]
            best = max(best, odds[kind, i])
        for i in range(n):
            odds[kind, i] = weight[i] * math.exp(odds[kind, i] - best)
            total += odds[kind, i]
        for i in range(n):
            odds[kind, i] /= total
        gap += (best + math.log(total)) * (1.0 if kind == 1 else -1.0)
    return gap


@inner_exact
def _prior_at(b: Fiber, v: Curve, p: int, log_odds: float) -> tuple[float, float]:
    """The prior that leads to these log-odds after action p, and its slope against them; all others go along."""
    apart()
    axis, payoff, shape, cell, stand, place, odds = b.axis, b.payoff, v.shape, v.cell, v.stand, v.place, v.odds
    m, breaks = stand[PIECE, p], stand[BREAKS, p]
    up = _rises(shape, breaks, p, m)
    while m > 0 and log_odds < shape[TURN, p, m - 1] and _rises(shape, breaks, p, m - 1) == up:
        m -= 1
    while m < breaks and log_odds > shape[TURN, p, m] and _rises(shape, breaks, p, m + 1) == up:
        m += 1
    stand[PIECE, p] = m
    j = cell[p, m]
    e = growth(axis, j, log_odds)
    move0, move1 = payoff[Q, p, j] * e, payoff[R, p, j] / e
    c = log_odds - payoff[BASE1, p, j] + payoff[BASE0, p, j] + move0 + move1
    for i in range(b.weight.size):
        if i != p:
            _settle(axis, payoff, shape, cell, stand, place, i, c)
    place[Y, p], place[E, p] = log_odds, e
    prior = c + _weigh(b.weight, payoff, cell, stand, place, odds)
    slope = 1.0
    for i in range(b.weight.size):
        if i != p:
            slope += odds[1, i] * place[SLOPE1, i] - odds[0, i] * place[SLOPE0, i]
    return prior, slope * (1.0 + move0 - move1) + odds[1, p] * move1 - odds[0, p] * move0


@inner_exact
def _solve(b: Fiber, v: Curve, j: int, p: int, low: float, high: float, rises: bool, scale: float) -> bool:
    """Go to the solution at node j between two posteriors after action p; returns whether there is one.

    Args:
        rises: whether the prior increases with these posteriors.
    """
    apart()
    wanted, y = b.axis[LOG_ODDS, j], 0.5 * (low + high)
    violation = 1e300
    for _ in range(HALVINGS):
        prior, slope = _prior_at(b, v, p, y)
        violation = prior - wanted
        if abs(violation) <= CLOSE * scale:
            break
        if (violation < 0.0) == rises:
            low = y
        else:
            high = y
        moved = y - violation / slope if slope != 0.0 else low
        if not low < moved < high:
            moved = 0.5 * (low + high)
        if moved == y or high - low <= 4e-16 * (1.0 + abs(y)):
            break
        y = moved
    return abs(violation) <= FAILED * scale


@inner_exact
def _keep(v: Curve, j: int, n: int) -> None:
    """Take where the actions stand for the solution at node j."""
    apart()
    for i in range(n):
        v.posterior[j, i], v.where[j, i] = v.place[Y, i], v.cell[i, v.stand[PIECE, i]]
        v.chances[j, 0, i], v.chances[j, 1, i] = v.odds[0, i], v.odds[1, i]


@inner_exact
def _stop(shape: Any, stand: Any, i: int, forth: bool, c: float) -> float:
    """Where c stops next for action i: at its next turn, or a break beyond c before it; infinite if there is none."""
    apart()
    m, breaks = stand[PIECE, i], stand[BREAKS, i]
    up = _rises(shape, breaks, i, m)
    ahead = up == forth  # whether the posterior increases
    while True:
        if ahead:
            if m == breaks:
                return math.inf
            here, then = shape[HEIGHT, i, m], m + 1
        else:
            if m == 0:
                return -math.inf
            here, then = shape[HEIGHT, i, m - 1], m - 1
        if _rises(shape, breaks, i, then) != up or (here > c if forth else here < c):
            return float(here)
        m = then


@inner_exact
def _settle_all(b: Fiber, v: Curve, c: float) -> None:
    """Put every action where f = c."""
    apart()
    axis, payoff, shape, cell, stand, place = b.axis, b.payoff, v.shape, v.cell, v.stand, v.place
    for i in range(b.weight.size):
        _settle(axis, payoff, shape, cell, stand, place, i, c)


@inner_exact
def _cross(
    b: Fiber, v: Curve, wanted: Any, scale: float, p: int, start: float, finish: float, before: float, behind: float
) -> None:  # fmt: skip
    """Find the solutions between two posteriors after action p, where H is `before` and `behind`.

    Args:
        wanted: of `trace`.
    """
    apart()
    log_odds = b.axis[LOG_ODDS]
    low, high = min(start, finish), max(start, finish)
    rises = (behind > before) == (finish > start)
    for j in range(1, log_odds.size - 1):
        if (before < log_odds[j]) == (behind < log_odds[j]):
            continue
        v.found[j] += 1
        if wanted[j] and v.found[j] == 1 and _solve(b, v, j, p, low, high, rises, scale):
            v.solved[j] = True
            _keep(v, j, b.weight.size)


@inner_exact
def _turn(b: Fiber, v: Curve, p: int, left: float, right: float, left_slope: float, right_slope: float) -> float:
    """Where, between two posteriors after action p, H turns: its slopes there have different signs.

    False position, with the slope of an end that stays twice halved (Illinois); halving first and where it is slow.
    """
    apart()
    width = abs(right - left)
    wanted, slow, moved = width * TURNING, 0.5 * width, 0
    for _ in range(HALVINGS):
        if abs(right - left) <= wanted:
            break
        middle = left + (right - left) * (left_slope / (left_slope - right_slope))
        if abs(right - left) > slow or not min(left, right) < middle < max(left, right):
            middle = 0.5 * (left + right)
        slow = 0.5 * abs(right - left)
        slope = _prior_at(b, v, p, middle)[1]
        if (slope > 0.0) == (left_slope > 0.0):
            left, left_slope, right_slope = middle, slope, right_slope * (0.5 if moved == -1 else 1.0)
            moved = -1
        else:
            right, right_slope, left_slope = middle, slope, left_slope * (0.5 if moved == 1 else 1.0)
            moved = 1
        if slope == 0.0:
            return middle
    return 0.5 * (left + right)


@inner_exact
def trace(b: Fiber, v: Curve, wanted: Any, scale: float) -> tuple[bool, bool]:
    """Run along the curve of a fiber; returns whether its end was reached, and whether all solutions lie on it.

    They do where one action at most turns: all others have one posterior for every posterior after that one.

    Args:
        v: room for it, filled.
        wanted: (B,) nodes whose solutions are needed: the first on the curve is kept.
        scale: largest |lambda Q|.
    """
    apart()
    # What starts constant and changes later is computed: a constant has its own type, for which all is compiled anew.
    shape, stand, place, log_odds = v.shape, v.stand, v.place, b.axis[LOG_ODDS]
    n, size = b.weight.size, log_odds.size
    n_breaks, n_turning = 0, 0
    for i in range(n):
        stand[BREAKS, i], stand[PIECE, i], place[Y, i] = (
            _break(b.axis, b.payoff, shape, v.cell, i),
            0,
            log_odds[1] - 1.0,
        )
        n_breaks += stand[BREAKS, i]
        turning = False
        for m in range(stand[BREAKS, i] + 1):
            turning = turning or not _rises(shape, stand[BREAKS, i], i, m)
        n_turning += int(turning)
    for j in range(size):
        v.found[j], v.solved[j] = 0, False
    reach = 4.0 * scale + 2.0
    for i in range(n):
        reach += 2.0 * abs(math.log(b.weight[i]))
    lowest, highest = log_odds[1] - reach, log_odds[size - 2] + reach
    forth, c, before = n > 0, -math.inf, -math.inf
    for _ in range(MOST_STOPS * n_breaks + 1):
        first, end = -n, math.inf if forth else -math.inf
        at = end
        for i in range(n):
            here = _stop(shape, stand, i, forth, end)
            if first < 0 or (here < at if forth else here > at):
                first, at = i, here
        turns = not math.isinf(at)
        for i in range(n):
            between = _stop(shape, stand, i, forth, c)
            if between < at if forth else between > at:
                at, turns = between, False
        if math.isinf(at) and not forth:
            return False, False
        behind, p = math.inf, n - 1
        for i in range(n):
            place[BEFORE, i] = place[Y, i]
        if not math.isinf(at):
            _settle_all(b, v, at)
            for i in range(n):
                place[END, i] = place[Y, i]
            behind = at + _weigh(b.weight, b.payoff, v.cell, stand, place, v.odds)
        if not (math.isinf(before) or math.isinf(behind)):  # the posterior that moves most tells best where one is
            for i in range(n):
                if abs(place[END, i] - place[BEFORE, i]) > abs(place[END, p] - place[BEFORE, p]):
                    p = i
        start = lowest if math.isinf(before) else place[BEFORE, p]
        finish = highest if math.isinf(behind) else place[END, p]
        # H turns between two places where its slope changes sign.
        slope = 1.0 if math.isinf(before) else _prior_at(b, v, p, start)[1]
        left = start
        for part in range(1, PARTS + 1):
            right, there, then = finish, behind, 1.0
            if part < PARTS:
                right = start + (finish - start) * part / PARTS
                there, then = _prior_at(b, v, p, right)
            elif not math.isinf(behind):
                then = _prior_at(b, v, p, finish)[1]
            if (slope > 0.0) != (then > 0.0):
                middle = _turn(b, v, p, left, right, slope, then)
                top = _prior_at(b, v, p, middle)[0]
                _cross(b, v, wanted, scale, p, left, middle, before, top)
                left, before = middle, top
            _cross(b, v, wanted, scale, p, left, right, before, there)
            left, before, slope = right, there, then
        if math.isinf(at):
            return True, n_turning <= 1
        _settle_all(b, v, at)
        if turns:
            breaks, m = stand[BREAKS, first], stand[PIECE, first]
            ahead = _rises(shape, breaks, first, m) == forth
            # Rounding may have left it one piece short of its turn.
            while _rises(shape, breaks, first, m + (1 if ahead else -1)) == _rises(shape, breaks, first, m):
                m += 1 if ahead else -1
            stand[PIECE, first] = m + (1 if ahead else -1)
            place[Y, first] = shape[TURN, first, m if ahead else m - 1]
            forth = not forth
        c, before = at, behind
    return False, False
