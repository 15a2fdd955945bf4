"""A choice by a side with types, of which the others draw Bayes' conclusion: theory I.ii, (ii.1) to (ii.3).

Type k takes action a with probability pi_k(a) proportional to weight_a exp(precision Q_k(a, belief after a)), and the
belief after a is the prior times pi_k(a), normalised. Payoffs are any continuous functions of the belief: no grid, no
game around them. Beliefs are handled as log-odds against type 0.
Sources: McKelvey & Palfrey (1998) for the equilibrium; the nested-scalar form (ii.2) was derived for this project.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, product
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
Payoffs = Callable[[Float], Float]
"""Payoffs (K, n) of the K types, for n beliefs (K, n) that the others hold after the action."""

CERTAIN = 40.0
"""Log-odds beyond which a belief is 0 or 1 to double precision, so that payoffs no longer move."""
MOST_COMBINATIONS = 4096
"""Of rising and falling stretches of the actions' inverse maps; each is searched for equilibria."""
LEAST_COSINE = 0.9
"""Between the directions of a branch at both ends of a step: one that bends more may have landed on another branch."""
KINK = 1e-6
"""Length of a step over which it may bend as it likes: payoffs may have kinks."""
LONGEST = 0.05
"""How far a belief may move in a step."""


class InformedChoice(NamedTuple):
    """The actions of one side with K types."""

    payoffs: tuple[Payoffs, ...]
    """Of each action."""
    precision: float
    weight: tuple[float, ...] = ()
    """Reference weight of each action; empty: equal."""


class Equilibrium(NamedTuple):
    choice: Float
    """(K, A): probability of each action by type."""
    belief: Float
    """(K, A): probability of each type after each action."""
    residual: float
    """Largest violation of Bayes' rule, in log-odds."""


def response(accept: Sequence[float], rejecting: Payoffs, precision: float) -> InformedChoice:
    """Accept (first action), worth `accept` to each type whatever is believed, or reject."""

    def accepting(belief: Float) -> Float:
        return np.broadcast_to(np.asarray(accept, np.float64)[:, None], belief.shape).copy()

    return InformedChoice((accepting, rejecting), precision)


def beliefs_after_rejection(
    accept: Sequence[float], rejecting: Payoffs, precision: float, prior: float, n_scan: int = 4001
) -> list[float]:
    """All beliefs in type 1 of two after a rejection, least first (ii.3).

    In log-odds x' = x + sp(precision z_0) - sp(precision z_1), z_k = accept_k - Q_k(x'); scanned and bisected.

    Args:
        prior: probability of type 1, in (0, 1).
        n_scan: nodes of the scan, even in log-odds; two roots between two nodes would be missed.
    """
    _check_prior((1.0 - prior, prior))
    start = np.log(prior / (1.0 - prior))

    def gap(log_odds: Float) -> Float:
        surplus = np.asarray(accept, np.float64)[:, None] - rejecting(_belief(log_odds[None, :]))
        learnt = np.logaddexp(0.0, precision * surplus)
        return np.asarray(log_odds - start - (learnt[0] - learnt[1]))

    everywhere = rejecting(_belief(np.linspace(-CERTAIN, CERTAIN, n_scan)[None, :]))
    reach = precision * float(np.abs(np.asarray(accept)[:, None] - everywhere).max()) + 1.0
    nodes = _scan_nodes(start, reach, n_scan)
    above = gap(nodes) >= 0.0
    cells = np.flatnonzero(above[:-1] != above[1:])
    return [float(b) for b in _belief(_bisect(gap, nodes[cells], nodes[cells + 1], above[cells + 1])[None, :])[1]]


def equilibria(choice: InformedChoice, prior: Sequence[float], n_scan: int = 4001) -> list[Equilibrium]:
    """All equilibria for two types, by (ii.2): one scalar equation over one scalar equation per action.

    Given zeta, the belief after action a solves x - precision (Q_1 - Q_0)(a, x) = x_prior - zeta. Read backwards, each
    belief x tells its zeta; this map is cut into stretches on which it rises or falls, and every combination of
    stretches is scanned for roots of Psi(zeta). Ordered by the belief in type 1 after the first action.

    Args:
        prior: probabilities of the two types, above 0.
        n_scan: nodes of the scan in log-odds; equilibria that differ by less than a cell in every belief may be missed.

    Raises:
        ValueError: the prior is no prior of two types, or the payoffs swing so often that the search would not end.
    """
    _check_prior(prior)
    if len(prior) != 2:
        raise ValueError(f"prior must hold two types, got {len(prior)}; for more use continued_equilibrium")
    start = float(np.log(prior[1] / prior[0]))
    even = np.linspace(-CERTAIN, CERTAIN, n_scan)
    reach = max(float(np.abs(_advantage(choice, a, even)).max()) for a in range(len(choice.payoffs))) + 1.0
    nodes = _scan_nodes(start, 2.0 * reach, n_scan)
    stretches = [
        list(_stretches(start - nodes + _advantage(choice, a, nodes), reach)) for a in range(len(choice.payoffs))
    ]
    n_combinations = prod(len(s) for s in stretches)
    if n_combinations > MOST_COMBINATIONS:
        raise ValueError(
            f"the payoffs rise and fall in the belief so often that {n_combinations} combinations would have to be "
            f"searched, at most {MOST_COMBINATIONS} are; lower the precision or smooth the payoffs"
        )
    found = [
        equilibrium
        for combination in product(*stretches)
        for equilibrium in _roots(choice, start, nodes, combination, reach)
    ]
    return sorted(found, key=lambda equilibrium: float(equilibrium.belief[1, 0]))


def continued_equilibrium(choice: InformedChoice, prior: Sequence[float]) -> Equilibrium:
    """The equilibrium on the branch that starts at precision 0, where nothing is learnt, for any number of types.

    Follows the branch by its arc length, so that it may turn back on its way, up to where it first reaches the wanted
    precision. Newton's method on all log-odds after all actions at once, for payoffs that are smooth in the belief:
    where sharp kinks make it lose the branch, it says so.

    Raises:
        ArithmeticError: the branch was lost.
    """
    _check_prior(prior)
    start = np.log(np.asarray(prior, np.float64)[1:] / prior[0])
    n_actions = len(choice.payoffs)
    point = np.concatenate([np.repeat(start, n_actions), [0.0]])  # log-odds after every action, then the time
    if choice.precision == 0.0:
        return _equilibrium(choice, start, point[:-1])
    spread = max(float(np.ptp(pay(_belief(start[:, None])))) for pay in choice.payoffs)
    end = choice.precision * max(spread, 1.0)  # time runs at about the pace of the log-odds

    def residual(at: Float) -> tuple[Float, Float]:
        """Violation of Bayes' rule, and its derivatives by all log-odds and by time."""
        value, slope, by_precision = _bayes(choice._replace(precision=choice.precision * at[-1] / end), start, at[:-1])
        return value, np.column_stack([slope, by_precision * (choice.precision / end)])

    def beliefs(at: Float) -> Float:
        """(K, A) after every action."""
        return _belief(at[:-1].reshape(-1, n_actions))

    step, at_end = min(0.1, end), np.zeros(point.size)
    at_end[-1] = 1.0
    direction = _tangent(residual(point)[1], at_end)
    for _ in range(100_000):
        left = end - point[-1]
        last = direction[-1] * step >= left
        towards, goal = (at_end, end) if last else (direction, float(direction @ point) + step)
        guess = point + direction * (left / direction[-1] if last else step)
        corrected = _newton(residual, guess, towards, goal)
        good = corrected is not None and float(np.abs(corrected - guess).max()) <= max(step, 1e-6)
        good = good and corrected is not None and (last or corrected[-1] <= end)
        if corrected is not None and good:
            slope = residual(corrected)[1]
            ahead = _tangent(slope, direction)
            # A branch keeps its orientation, in turns as well: a point with another one lies on another branch.
            good = np.linalg.slogdet(np.vstack([slope, ahead]))[0] > 0.0
            good = good and (float(direction @ ahead) >= LEAST_COSINE or step < KINK)
            good = good and float(np.abs(beliefs(corrected) - beliefs(point)).max()) <= LONGEST
            if good:
                point, step, direction = corrected, 1.5 * step, ahead
                if last:
                    return _equilibrium(choice, start, point[:-1])
        if not good:
            step *= 0.5
        if step < 1e-10:
            break
    raise ArithmeticError(
        f"the branch from precision 0 was lost at precision {choice.precision * point[-1] / end:.6g}, before "
        f"{choice.precision:g}; are the payoffs continuous in the belief?"
    )


def _check_prior(prior: Sequence[float]) -> None:
    if min(prior) <= 0.0 or abs(sum(prior) - 1.0) > 1e-9:
        raise ValueError(f"prior must be probabilities above 0 that sum to 1, got {[float(p) for p in prior]}")


def _belief(log_odds: Float) -> Float:
    """(K, n) probabilities from log-odds (K - 1, n) against type 0."""
    full = np.concatenate([np.zeros((1, log_odds.shape[1])), log_odds])
    weight = np.exp(full - full.max(axis=0))
    return np.asarray(weight / weight.sum(axis=0))


def _weights(choice: InformedChoice) -> Float:
    """Logarithms (A,) of the reference weights."""
    return np.log(np.asarray(choice.weight or (1.0,) * len(choice.payoffs), np.float64))


def _advantage(choice: InformedChoice, action: int, log_odds: Float) -> Float:
    """precision (Q_1 - Q_0) (n,) of an action."""
    payoff = choice.payoffs[action](_belief(log_odds[None, :]))
    return np.asarray(choice.precision * (payoff[1] - payoff[0]))


def _scan_nodes(start: float, reach: float, n_scan: int) -> Float:
    """Log-odds within `reach` of `start`: even where beliefs move, and the two ends."""
    even = np.linspace(-CERTAIN, CERTAIN, n_scan)
    inside = even[np.abs(even - start) < reach]
    return np.concatenate([[start - reach], inside, [start + reach]])


def _bisect(function: Callable[[Float], Float], low: Float, high: Float, rising: Float | NDArray[np.bool_]) -> Float:
    """Roots (n,) in n brackets at once; `rising` where the function is positive at the upper end."""
    for _ in range(70):
        middle = 0.5 * (low + high)
        is_above = (function(middle) >= 0.0) == rising
        low, high = np.where(is_above, low, middle), np.where(is_above, middle, high)
    return np.asarray(0.5 * (low + high))


def _stretches(zeta: Float, reach: float) -> Iterator[slice]:
    """Runs of nodes on which zeta rises or falls, as far as they meet |zeta| <= reach."""
    rising = np.diff(zeta) > 0.0
    turns = [0, *(np.flatnonzero(rising[:-1] != rising[1:]) + 1).tolist(), zeta.size - 1]
    for first, last in pairwise(turns):
        low, high = sorted((zeta[first], zeta[last]))
        if low <= reach and high >= -reach:
            yield slice(first, last + 1)


def _roots(
    choice: InformedChoice, start: float, nodes: Float, combination: Sequence[slice], reach: float, n_scan: int = 256
) -> Iterator[Equilibrium]:
    """Equilibria of which the belief after action a lies on the a-th stretch."""
    tables = [start - nodes[s] + _advantage(choice, a, nodes[s]) for a, s in enumerate(combination)]
    low = max([-reach, *(float(t.min()) for t in tables)])
    high = min([reach, *(float(t.max()) for t in tables)])
    if low >= high:
        return

    def log_odds(zeta: Float) -> Float:
        """(A, n) after each action."""
        out = np.empty((len(tables), zeta.size))
        for a, (table, stretch) in enumerate(zip(tables, combination, strict=True)):
            here, rising = nodes[stretch], bool(table[-1] > table[0])
            cell = np.searchsorted(table, zeta) if rising else table.size - np.searchsorted(table[::-1], zeta)
            cell = np.clip(cell, 1, table.size - 1)
            out[a] = _bisect(
                lambda x, a=a: start - x + _advantage(choice, a, x) - zeta,  # type: ignore[misc]
                here[cell - 1],
                here[cell],
                np.full(zeta.size, rising),
            )
        return out

    def psi(zeta: Float) -> Float:
        total = _values(choice, log_odds(zeta)[None]) * choice.precision + _weights(choice)[None, :, None]
        sums = np.logaddexp.reduce(total, axis=1)
        return np.asarray(sums[1] - sums[0] - zeta)

    grid = np.linspace(low, high, n_scan)
    above = psi(grid) >= 0.0
    for cell in np.flatnonzero(above[:-1] != above[1:]):
        left, right = float(grid[cell]), float(grid[cell + 1])
        for _ in range(12):  # 32 parts each time
            parts = np.linspace(left, right, 33)
            change = int(np.argmax((psi(parts) >= 0.0) != above[cell]))
            if change == 0:  # to rounding
                break
            left, right = float(parts[change - 1]), float(parts[change])
        yield _equilibrium(choice, np.array([start]), log_odds(np.array([0.5 * (left + right)]))[:, 0])


def _values(choice: InformedChoice, log_odds: Float) -> Float:
    """Payoffs (K, A, n) at log-odds (K - 1, A, n) after each action."""
    return np.stack([pay(_belief(log_odds[:, a])) for a, pay in enumerate(choice.payoffs)], axis=1)


def _log_choice(choice: InformedChoice, payoff: Float) -> Float:
    """ln pi_k(a) (K, A)."""
    total = choice.precision * payoff + _weights(choice)
    return np.asarray(total - np.logaddexp.reduce(total, axis=1, keepdims=True))


def _equilibrium(choice: InformedChoice, start: Float, log_odds: Float) -> Equilibrium:
    """The equilibrium with log-odds (K - 1) * A after the actions."""
    after = log_odds.reshape(start.size, len(choice.payoffs))
    chosen = _log_choice(choice, _values(choice, after[:, :, None])[:, :, 0])
    violation = after - start[:, None] - (chosen[1:] - chosen[0])
    return Equilibrium(np.exp(chosen), _belief(after), float(np.abs(violation).max(initial=0.0)))


def _bayes(choice: InformedChoice, start: Float, log_odds: Float) -> tuple[Float, Float, Float]:
    """Violation (n,) of Bayes' rule, n = (K - 1) A, its derivatives (n, n) by log-odds and (n,) by precision."""
    n_odds, n_actions = start.size, len(choice.payoffs)
    after = log_odds.reshape(n_odds, n_actions)
    nudge = 1e-6 * np.hstack([np.zeros((n_odds, 1)), np.eye(n_odds), -np.eye(n_odds)])
    nearby = _values(choice, after[:, :, None] + nudge[:, None, :])
    payoff = nearby[:, :, 0]
    by_odds = (nearby[:, :, 1 : n_odds + 1] - nearby[:, :, n_odds + 1 :]) / 2e-6  # (K, A, K - 1)
    chosen = _log_choice(choice, payoff)
    probability = np.exp(chosen)
    # d ln pi_k(a) / d x_j(c) = precision (1[a = c] - pi_k(c)) dQ_k(c) / d x_j
    direct = np.eye(n_actions)[None, :, None, :] - probability[:, None, None, :]  # (K, a, 1, c)
    slope = choice.precision * direct * by_odds.transpose(0, 2, 1)[:, None, :, :]  # (K, a, j, c)
    by_precision = payoff - (probability * payoff).sum(axis=1, keepdims=True)
    n = n_odds * n_actions
    value = after - start[:, None] - (chosen[1:] - chosen[0])
    return (
        value.reshape(n),
        np.eye(n) - (slope[1:] - slope[0]).reshape(n, n),
        -(by_precision[1:] - by_precision[0]).reshape(n),
    )


def _tangent(slope: Float, before: Float) -> Float:
    """Unit vector along the branch, in the sense of the one before."""
    along = np.linalg.solve(np.vstack([slope, before]), np.append(np.zeros(slope.shape[0]), 1.0))
    return np.asarray(along / np.linalg.norm(along))


def _newton(
    residual: Callable[[Float], tuple[Float, Float]], guess: Float, towards: Float, goal: float
) -> Float | None:
    """Point of the branch with towards @ point = goal, from a guess nearby; None where it does not settle."""
    point = guess
    for _ in range(12):
        value, slope = residual(point)
        off = np.append(value, towards @ point - goal)
        try:
            change = np.linalg.solve(np.vstack([slope, towards]), off)
        except np.linalg.LinAlgError:
            return None
        point = point - change
        if float(np.abs(change).max()) < 1e-12 * max(1.0, float(np.abs(point).max())):
            return point
    return None
