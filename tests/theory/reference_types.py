"""The game with private information, written out type by type, state by state and node by node.

An independent check of the engine: plain loops straight from theory I.i and I.ii with the public rounding lottery, slow
on purpose. Only the layout of `Tables` is shared with the engine. Where the engine inverts the Bayes map on the nodes
and brackets one scalar, the informed choice is solved here by Newton's method on all posteriors at once, continued from
precision 0.

Axes: K own type of the side that chooses, Theta profile of types (a * K_D + d) * K_P + p, R row (actor and own type),
S state, B joint belief node, M posture, N package. Time is the leading axis; index 0 is the first period.

The lottery. With two types the belief moves to the two neighbouring nodes. With K > 2 types it moves to the vertices of
the Freudenthal (Kuhn) triangulation of the grid of resolution n: coordinates y_k = n (b_k + ... + b_{K-1}), k = 1 ..
K-1; the cell starts at floor(y) and adds one unit to a coordinate at a time, in the order of falling fractional parts
(ties: lower k first).
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
ATTACKER, DEFENDER, PATRON = 0, 1, 2
SIDES = (ATTACKER, DEFENDER, PATRON)
RESIDUAL = 1e-12  # of the Bayes equations in log-odds; values are of size one, precisions at most a few hundred
Landing = list[tuple[int, Float]]
"""Joint nodes that a lottery leads to, each with the probability (K,) for every type."""


class SeveralEquilibria(Exception):
    """The branch continued from precision 0 folds back on its way, and there is more than one solution at the end."""


@dataclass
class Choice:
    """One decision of one side at one state and joint node.

    Attributes:
        probability: (K, actions) of each action by own type.
        posterior: (actions, K) public belief after each action, before the lottery; nan for a closed action.
        landing: the lottery after each action.
    """

    probability: Float
    posterior: Float
    landing: list[Landing]


Choices = list[Choice]
"""One for every joint node."""


@dataclass
class Stage:
    """Decisions of one period. Lists of choices are per joint node; keys hold the indices in front of it.

    `answer` holds what a side says to a package as if it were decisive, action 0 accept and 1 reject; it is the same
    for every proposer.
    """

    posture: dict[int, Choices] = field(default_factory=dict)  # state
    offer: dict[tuple[int, int, int], Choices] = field(default_factory=dict)  # posture, proposer, state
    answer: dict[tuple[int, int, int, int], Choices] = field(default_factory=dict)  # side, posture, package, state
    effort_a: dict[tuple[int, int], Choices] = field(default_factory=dict)  # posture, state
    effort_d: dict[tuple[int, int, int], Choices] = field(default_factory=dict)  # posture, A's effort, state
    continuation: Float = field(default_factory=lambda: np.zeros(0))  # (M, R, S, B)
    before_posture: Float = field(default_factory=lambda: np.zeros(0))  # (M, R, S, B)
    peace: Float = field(default_factory=lambda: np.zeros(0))  # (N, R, S, B)
    value: Float = field(default_factory=lambda: np.zeros(0))  # (R, S, B)


@dataclass
class Reference:
    values: Float  # (T + 1, R, S, B)
    stages: list[Stage]
    beliefs: Beliefs


@dataclass
class Forward:
    """Where the mass went, per profile and conditional on it.

    `settled_at` and `ended_at` keep the belief node: after the last answer, and before the operator that ended the war.
    `worth` is what each row is paid, discounted to period 0, at the payoffs of the profile.
    """

    prior: Float  # (Theta,) the analyst's
    mass: Float  # (T + 1, Theta, S, B)
    open: Float  # (T + 1, Theta)
    settled: Float  # (T, Theta, J, N)
    settled_at: Float  # (T, Theta, B)
    ended: Float  # (T, Theta, ends)
    ended_at: Float  # (T, Theta, S, B, operators)
    posture: Float  # (T, Theta, M)
    offer: Float  # (T, Theta, J, N + 1)
    effort: Float  # (T, Theta, n_effort)
    frozen: Float  # (Theta, S, B)
    worth: Float  # (Theta, R)


class Beliefs:
    """Belief nodes, lotteries and what every row believes, from the tables of a game."""

    def __init__(self, tables: Any) -> None:
        self.types = tuple(int(k) for k in tables.types)
        self.profiles: list[tuple[int, ...]] = list(product(*(range(k) for k in self.types)))
        self.axis: dict[int, Any] = {int(axis.side): axis for axis in tables.beliefs}
        assert set(self.axis) == {i for i in SIDES if self.types[i] > 1}
        self.n_along = [len(self.axis[i].nodes) if i in self.axis else 1 for i in SIDES]
        self.joint: list[tuple[int, ...]] = list(product(*(range(n) for n in self.n_along)))  # C order, sides A, D, P
        self.number = {place: b for b, place in enumerate(self.joint)}
        self.n_joint = len(self.joint)
        self.start = self.number[tuple(int(self.axis[i].start) if i in self.axis else 0 for i in SIDES)]
        self.n_rows = len(tables.row_side)
        self.row_side = [int(i) for i in tables.row_side]
        self.row_type = [int(k) for k in tables.row_type]
        self.row_of = {
            (i, k): r for r, (i, k) in enumerate(zip(self.row_side, self.row_type, strict=True)) if i in SIDES
        }
        self.own_profile = np.zeros((self.n_rows + 1, self.n_joint, len(self.profiles)))
        for r, b, theta in product(range(self.n_rows + 1), range(self.n_joint), range(len(self.profiles))):
            self.own_profile[r, b, theta] = math.prod(self.own(r, i, b)[self.profiles[theta][i]] for i in SIDES)

    def public(self, side: int, b: int) -> Float:
        """Public probability of each type of a side at a joint node."""
        if side not in self.axis:
            return np.ones(1)
        return np.asarray(self.axis[side].nodes[self.joint[b][side]], np.float64)

    def own(self, row: int, side: int, b: int) -> Float:
        """Probability that a row (the last: the truth) gives to each type of a side; of its own it knows the type."""
        if row < self.n_rows and self.row_side[row] == side:
            return np.asarray(np.eye(self.types[side])[self.row_type[row]])
        if side not in self.axis:
            return np.ones(1)
        believed = self.public(side, b) * np.exp(np.asarray(self.axis[side].offset[row], np.float64))
        return np.asarray(believed / believed.sum())

    def moved(self, side: int, b: int, along: int) -> int:
        """Joint node b with the node of one side replaced."""
        place = list(self.joint[b])
        place[side] = along
        return self.number[tuple(place)]

    def fibre(self, side: int, b: int) -> list[int]:
        """Joint nodes that differ from b in the belief about one side."""
        return [self.moved(side, b, along) for along in range(self.n_along[side])] if side in self.axis else [b]

    def lottery(self, side: int, log_belief: Sequence[float]) -> list[tuple[int, Float]]:
        """Nodes along the axis to which the lottery moves a belief, with q_k for every type."""
        if side not in self.axis:
            return [(0, np.ones(1))]
        nodes = self.axis[side].nodes
        return _two_types(nodes, log_belief) if len(log_belief) == 2 else _more_types(self.axis[side], log_belief)

    def landing(self, side: int, b: int, log_belief: Sequence[float]) -> Landing:
        """The lottery in joint nodes."""
        if side not in self.axis:
            return [(b, np.ones(1))]
        return [(self.moved(side, b, along), q) for along, q in self.lottery(side, log_belief)]


def _two_types(nodes: Float, log_belief: Sequence[float]) -> list[tuple[int, Float]]:
    """q_0 is linear in the odds of type 1, q_1 in the odds of type 0."""
    last = len(nodes) - 1
    if log_belief[1] == -math.inf:
        return [(0, np.ones(2))]
    if log_belief[0] == -math.inf:
        return [(last, np.ones(2))]
    odds = math.exp(min(log_belief[1] - log_belief[0], 700.0))
    borders = [math.inf if node[0] == 0.0 else node[1] / node[0] for node in nodes]
    low = min(max(bisect.bisect_right(borders, odds) - 1, 0), last - 1)
    lower, upper = borders[low], borders[low + 1]
    up_0 = 0.0 if upper == math.inf else (odds - lower) / (upper - lower)
    inverse_upper = 0.0 if upper == math.inf else 1.0 / upper
    down_1 = 0.0 if lower == 0.0 else (1.0 / odds - inverse_upper) / (1.0 / lower - inverse_upper)
    both = [(low, np.array([1.0 - up_0, down_1])), (low + 1, np.array([up_0, 1.0 - down_1]))]
    return [(v, q) for v, q in both if q.any()]


def _more_types(axis: Any, log_belief: Sequence[float]) -> list[tuple[int, Float]]:
    """Barycentric weights in the Freudenthal triangulation; a type of probability 0 follows the weights."""
    n, n_types = int(axis.resolution), len(log_belief)
    top = max(log_belief)
    belief = np.array([math.exp(x - top) for x in log_belief])
    belief /= belief.sum()
    y = [n * float(belief[k:].sum()) for k in range(1, n_types)]
    near = [round(v) if abs(v - round(v)) < 1e-13 * n else v for v in y]  # a belief on a node stays there
    base = [math.floor(v) for v in near]
    part = [v - f for v, f in zip(near, base, strict=True)]
    order = sorted(range(n_types - 1), key=lambda k: -part[k])
    falling = [1.0, *(part[k] for k in order), 0.0]
    corner, drawn = list(base), []
    for step in range(n_types):
        if step > 0:
            corner[order[step - 1]] += 1
        weight = falling[step] - falling[step + 1]
        if weight > 0.0:
            cumulated = [n, *corner, 0]
            point = [(cumulated[k] - cumulated[k + 1]) / n for k in range(n_types)]
            distance = np.abs(np.asarray(axis.nodes) - point).max(axis=1)
            v = int(distance.argmin())
            assert distance[v] < 1e-12, f"no node at {point}"
            q = [weight * axis.nodes[v][k] / belief[k] if belief[k] > 0.0 else weight for k in range(n_types)]
            drawn.append((v, np.array(q)))
    total = sum(q for _, q in drawn)
    return [(v, q / total) for v, q in drawn]


def log_or_never(probability: float) -> float:
    return math.log(probability) if probability > 0.0 else -math.inf


def logit_choice(weights: Sequence[float], log_odds: Sequence[float]) -> list[float]:
    """Probabilities proportional to weight * exp(log_odds); weight 0 closes an action."""
    top = max(z for w, z in zip(weights, log_odds, strict=True) if w > 0.0)
    raw = [w * math.exp(z - top) if w > 0.0 else 0.0 for w, z in zip(weights, log_odds, strict=True)]
    return [r / sum(raw) for r in raw]


# --- The informed choice (ii.1) ---------------------------------------------------------------------------------------


LONGEST = 1.0 / 32.0
"""Longest step of the homotopy, of all precision: where branches run side by side, a longer one changes over."""


class InformedChoice:
    """Posteriors after every open action of one side at one joint node, by a homotopy in the precision.

    Unknowns are the log-odds of the posterior after each action against the first possible type; the equations are
    log-odds(a) - prior log-odds - ln pi_k(a) / pi_0(a) = 0 with the exact, piecewise smooth payoffs after the lottery.
    Where the branch folds (at a node, where slopes jump), the solution is taken if it is the only one.
    """

    def __init__(self, beliefs: Beliefs, side: int, b: int, weights: Sequence[float], payoff: Float) -> None:
        """`payoff` is Q (K, actions, B)."""
        self.beliefs, self.side, self.b = beliefs, side, b
        self.prior = beliefs.public(side, b)
        self.n_types = len(self.prior)
        self.possible = [k for k in range(self.n_types) if self.prior[k] > 0.0]
        self.open = [a for a, w in enumerate(weights) if w > 0.0]
        self.log_weight = np.log([weights[a] for a in self.open])
        self.payoff = payoff[:, :, beliefs.fibre(side, b)]
        p = self.prior[self.possible]
        self.prior_odds = np.log(p[1:] / p[0])

    def log_belief(self, odds: Float) -> list[float]:
        """Log-odds against the first possible type -> unnormalised log-probabilities of all types."""
        full = [-math.inf] * self.n_types
        full[self.possible[0]] = 0.0
        for k, x in zip(self.possible[1:], odds, strict=True):
            full[k] = float(x)
        return full

    def after(self, odds: Float) -> Float:
        """(possible types, open actions): Q_k(a) expected over the lottery at the posteriors `odds` (actions, K-1)."""
        worth = np.zeros((len(self.possible), len(self.open)))
        for place, a in enumerate(self.open):
            for v, q in self.beliefs.lottery(self.side, self.log_belief(odds[place])):
                for row, k in enumerate(self.possible):
                    worth[row, place] += q[k] * self.payoff[k, a, v]
        return worth

    def log_choice(self, worth: Float, precision: float) -> Float:
        z = self.log_weight + precision * worth
        top = z.max(axis=1, keepdims=True)
        return np.asarray(z - top - np.log(np.exp(z - top).sum(axis=1, keepdims=True)))

    def residual(self, odds: Float, precision: float) -> Float:
        log_pi = self.log_choice(self.after(odds), precision)
        return np.asarray(odds - self.prior_odds - (log_pi[1:] - log_pi[0]).T)

    def jacobian(self, odds: Float, precision: float, step: float) -> Float:
        """d residual / d odds; slopes of Q in each action's own posterior by differences over +-`step` (or one-sided
        for `step` < 0)."""
        n_actions, n_odds = odds.shape
        pi = np.exp(self.log_choice(self.after(odds), precision))
        slope = np.zeros((n_odds, len(self.possible), n_actions))  # of Q_k(a) in odds j of action a
        for j in range(n_odds):
            up, down = odds.copy(), odds.copy()
            up[:, j] += abs(step)
            if step > 0.0:
                down[:, j] -= step
            slope[j] = (self.after(up) - self.after(down)) / (abs(step) if step < 0.0 else 2.0 * step)
        out = np.eye(n_actions * n_odds).reshape(n_actions, n_odds, n_actions, n_odds)
        for a, k, c, j in product(range(n_actions), range(n_odds), range(n_actions), range(n_odds)):
            through = precision * (pi[k + 1, c] * slope[j, k + 1, c] - pi[0, c] * slope[j, 0, c])
            direct = precision * (slope[j, k + 1, c] - slope[j, 0, c]) if a == c else 0.0
            out[a, k, c, j] += through - direct
        return out.reshape(n_actions * n_odds, n_actions * n_odds)

    def newton(self, odds: Float, precision: float) -> Float | None:
        """Damped Newton from `odds`; None without convergence."""
        now = self.residual(odds, precision)
        for attempt in range(40):
            size = float(np.abs(now).max())
            if size < RESIDUAL:
                return odds
            for step in (1e-6, -1e-7, -1e-4) if attempt % 3 == 2 else (1e-6,):
                matrix = self.jacobian(odds, precision, step)
                try:
                    change = np.linalg.solve(matrix, -now.reshape(-1)).reshape(odds.shape)
                except np.linalg.LinAlgError:
                    continue
                share = 1.0
                while share > 1e-4:
                    tried = odds + share * change
                    then = self.residual(tried, precision)
                    if np.abs(then).max() < (1.0 - 0.1 * share) * size:
                        break
                    share *= 0.5
                if share > 1e-4:
                    odds, now = tried, then
                    break
            else:
                return None
            if share <= 1e-4:
                # Across a kink no step along one piece's slope helps: cross it with the full step and go on.
                odds = odds + change * min(1.0, 0.5 / max(float(np.abs(change).max()), 1e-300))
                now = self.residual(odds, precision)
        return odds if float(np.abs(now).max()) < RESIDUAL else None

    def solve(self, precision: float) -> Float:
        """Posterior log-odds (open actions, K - 1) on the branch that starts at the prior for precision 0."""
        odds = np.tile(self.prior_odds, (len(self.open), 1))
        if odds.size == 0 or precision == 0.0:
            return odds
        done, step = 0.0, LONGEST
        while done < 1.0:
            target = min(1.0, done + step)
            found = self.newton(odds.copy(), target * precision)
            if found is not None and np.abs(found - odds).max() <= 1.0:
                odds, done = found, target
                step = min(2.0 * step, LONGEST)
            else:
                step *= 0.5
                if step < 1e-7:
                    return self.only(precision)
        return odds

    def only(self, precision: float) -> Float:
        """The solution after a fold of the branch, if it is the only one that scattered starts lead to."""
        random = np.random.default_rng(0)
        shape = (len(self.open), len(self.possible) - 1)
        found = self.all_from([self.prior_odds + random.normal(0.0, 3.0, shape) for _ in range(60)], precision)
        if len(found) != 1:
            raise SeveralEquilibria(f"{len(found)} solutions at precision {precision:.6g}, and the branch folds")
        return found[0]

    def all_from(self, starts: Sequence[Float], precision: float) -> list[Float]:
        """Different solutions that Newton's method reaches from given posteriors: a check for several equilibria."""
        found: list[Float] = []
        for start in starts:
            odds = self.newton(np.array(start), precision)
            if odds is not None and all(np.abs(odds - other).max() > 1e-6 for other in found):
                found.append(odds)
        return found

    def choice(self, precision: float) -> Choice:
        """Probabilities of all types, also of those with probability 0 (best logit reply), posteriors and lotteries."""
        odds = self.solve(precision)
        n_actions = self.payoff.shape[1]
        posterior = np.full((n_actions, self.n_types), np.nan)
        landing: list[Landing] = [[] for _ in range(n_actions)]
        log_odds = np.full((self.n_types, n_actions), -math.inf)
        for place, a in enumerate(self.open):
            full = self.log_belief(odds[place])
            raw = np.exp(np.array(full) - max(full))
            posterior[a] = raw / raw.sum()
            if n_actions == 1:  # no choice: nothing is told, and a belief off the grid stays where it is
                landing[a] = [(self.b, np.ones(self.n_types))]
                continue
            landing[a] = self.beliefs.landing(self.side, self.b, full)
            drawn = self.beliefs.lottery(self.side, full)
            for k in range(self.n_types):
                log_odds[k, a] = precision * sum(q[k] * self.payoff[k, a, v] for v, q in drawn)
        if n_actions == 1:
            return Choice(np.ones((self.n_types, 1)), posterior, landing)
        weights = [0.0] * n_actions
        for place, a in enumerate(self.open):
            weights[a] = math.exp(self.log_weight[place])
        probability = np.array([logit_choice(weights, list(log_odds[k])) for k in range(self.n_types)])
        return Choice(probability, posterior, landing)


def choose(beliefs: Beliefs, side: int, weights: Sequence[float], precision: float, payoff: Float) -> Choices:
    """The choice of a side at every joint node; `payoff` is Q (K, actions, B). One type: plain logit, belief kept."""
    return [
        InformedChoice(beliefs, side, b, [float(w) for w in weights], payoff).choice(precision)
        for b in range(beliefs.n_joint)
    ]


def before(beliefs: Beliefs, side: int, choices: Choices, after: Float) -> Float:
    """Values (R, B) of all rows before a choice that leads to `after` (actions, R, B)."""
    value = np.zeros((beliefs.n_rows, beliefs.n_joint))
    for r in range(beliefs.n_rows):
        for b, choice in enumerate(choices):
            for k, believed in enumerate(beliefs.own(r, side, b)):
                for a, landing in enumerate(choice.landing):
                    for v, q in landing:
                        value[r, b] += believed * choice.probability[k, a] * q[k] * after[a, r, v]
    return value


# --- Nature -----------------------------------------------------------------------------------------------------------


class Nature:
    """Operators by profile, and what their arms tell."""

    def __init__(self, tables: Any, beliefs: Beliefs) -> None:
        self.tables, self.maps, self.beliefs = tables, tables.profiles, beliefs
        self.informs = [self._informs(o) for o in range(len(tables.operator_offset))]

    def weight(self, operator: int, arm: int, theta: int, state: int) -> float:
        table = int(self.maps.operator_weight[operator, arm, theta])
        return float(self.tables.pool[table, state]) if table >= 0 else 0.0

    def source(self, operator: int, theta: int, state: int) -> float:
        table = int(self.maps.operator_source[operator, theta])
        return float(self.tables.pool[table, state]) if table >= 0 else 0.0

    def n_arms(self) -> range:
        return range(self.tables.operator_offset.shape[1])

    def _informs(self, operator: int) -> int | None:
        """The side between whose types the odds of an operator differ."""
        profiles = self.beliefs.profiles
        sides = set()
        for (one, first), (two, second) in product(enumerate(profiles), repeat=2):
            differing = [i for i in SIDES if first[i] != second[i]]
            if len(differing) == 1 and any(
                self.weight(operator, w, one, s) != self.weight(operator, w, two, s)
                for w in self.n_arms()
                for s in range(self.tables.n_states)
            ):
                sides.add(differing[0])
        assert len(sides) <= 1, f"operator {operator} tells of several sides: {sides}"
        return sides.pop() if sides else None

    def likelihood(self, operator: int, arm: int, state: int) -> list[float]:
        """L_k of an arm, by the types of the side that the operator tells of."""
        side = self.informs[operator]
        assert side is not None
        first = [self.beliefs.profiles.index(tuple(k if i == side else 0 for i in SIDES)) for k in self._types(side)]
        return [self.weight(operator, arm, theta, state) for theta in first]

    def _types(self, side: int) -> range:
        return range(self.beliefs.types[side])

    def landing(self, operator: int, arm: int, state: int, b: int) -> Landing:
        """Joint nodes after an arm has been seen from a joint node."""
        side = self.informs[operator]
        if side is None:
            return [(b, np.ones(1))]
        seen = self.likelihood(operator, arm, state)
        joint = [float(p) * x for p, x in zip(self.beliefs.public(side, b), seen, strict=True)]
        if sum(joint) == 0.0:
            return [(b, np.ones(len(joint)))]
        return self.beliefs.landing(side, b, [log_or_never(x) for x in joint])

    def expected(self, operators: Sequence[int], row: int, values: Float) -> Float:
        """E V' (S, B) of a row at every state and node when the operators act one after the other."""
        for operator in reversed([o for o in operators if o >= 0]):
            values = self._one(operator, row, values)
        return values

    def _one(self, operator: int, row: int, values: Float) -> Float:
        out = np.zeros_like(values)
        side = self.informs[operator]
        for s, b in product(range(values.shape[0]), range(values.shape[1])):
            for theta, believed in enumerate(self.beliefs.own_profile[row, b]):
                out[s, b] += believed * self.source(operator, theta, s)
            for w in self.n_arms():
                to = s + int(self.tables.operator_offset[operator, w])
                if side is None:
                    if (chance := self.weight(operator, w, 0, s)) != 0.0:
                        out[s, b] += chance * values[to, b]
                    continue
                believed_types = self.beliefs.own(row, side, b)
                for k, chance in enumerate(self.likelihood(operator, w, s)):
                    if chance != 0.0:
                        for v, q in self.landing(operator, w, s, b):
                            out[s, b] += believed_types[k] * chance * q[k] * values[to, v]
        return out


# --- Backward ---------------------------------------------------------------------------------------------------------


def solve_stage(tables: Any, beliefs: Beliefs, nature: Nature, period: int, next_values: Float) -> Stage:
    """One backward step, inside out: nature and flow, effort, response, offer, posture."""
    epoch = int(tables.epoch_of_period[period])
    n_rows, n_states, n_joint = beliefs.n_rows, int(tables.n_states), beliefs.n_joint
    n_postures, n_proposers = tables.recognition.shape[1:3]
    n_packages = tables.peace_fixed.shape[1]
    n_a, n_d = tables.n_effort_a, tables.n_effort_d
    pool, discount, maps = tables.pool, tables.discount, tables.profiles
    own = beliefs.own_profile
    stage = Stage(
        continuation=np.zeros((n_postures, n_rows, n_states, n_joint)),
        before_posture=np.zeros((n_postures, n_rows, n_states, n_joint)),
        peace=np.zeros((n_packages, n_rows, n_states, n_joint)),
        value=np.zeros((n_rows, n_states, n_joint)),
    )

    def rows_of(side: int) -> list[int]:
        return [beliefs.row_of[side, k] for k in range(beliefs.types[side])]

    def of_side(side: int, values: Float) -> Float:
        """(actions, R, B) -> (K, actions, B): the payoffs of the types of a side."""
        return np.stack([values[:, r] for r in rows_of(side)])

    for n, r, s, b in product(range(n_packages), range(n_rows), range(n_states), range(n_joint)):
        fixed = sum(own[r, b, x] * pool[maps.peace_fixed[epoch, n, r, x], s] for x in range(len(beliefs.profiles)))
        resume = pool[tables.peace_resume[epoch, n, r], s]
        stage.peace[n, r, s, b] = fixed + resume * next_values[r, s, b]
    for m in range(n_postures):
        fought = np.zeros((n_a * n_d, n_rows, n_states, n_joint))  # F_r(e, b)
        known: dict[tuple[int, ...], Float] = {}
        for e, r in product(range(n_a * n_d), range(n_rows)):
            operators = tuple(int(o) for o in tables.nature[:, epoch, m, e, r])
            if (r, *operators) not in known:
                known[(r, *operators)] = nature.expected(operators, r, next_values[r])
            for s, b in product(range(n_states), range(n_joint)):
                flow = sum(own[r, b, x] * pool[maps.flow[epoch, m, e, r, x], s] for x in range(len(beliefs.profiles)))
                fought[e, r, s, b] = flow + discount[r] * known[(r, *operators)][s, b]
        for s in range(n_states):
            after_a = np.zeros((n_a, n_rows, n_joint))
            for e_a in range(n_a):
                after_d = fought[e_a * n_d : (e_a + 1) * n_d, :, s]
                replies = choose(
                    beliefs, DEFENDER, [1.0] * n_d, tables.precision_effort[DEFENDER], of_side(DEFENDER, after_d)
                )
                stage.effort_d[m, e_a, s] = replies
                after_a[e_a] = before(beliefs, DEFENDER, replies, after_d)
            first = choose(
                beliefs, ATTACKER, [1.0] * n_a, tables.precision_effort[ATTACKER], of_side(ATTACKER, after_a)
            )
            stage.effort_a[m, s] = first
            c = before(beliefs, ATTACKER, first, after_a)  # (R, B)
            stage.continuation[m, :, s] = c
            answered = np.zeros((2, n_packages, n_rows, n_joint))  # by A alone, by D alone
            both = np.zeros((n_packages, n_rows, n_joint))  # A first, then D
            for n in range(n_packages):
                peace = stage.peace[n, :, s]
                for i in (ATTACKER, DEFENDER):
                    answers = choose(
                        beliefs,
                        i,
                        [tables.accept_weight, 1.0],
                        tables.precision_response[i],
                        of_side(i, np.stack([peace, c])),
                    )
                    stage.answer[i, m, n, s] = answers
                    answered[i, n] = before(beliefs, i, answers, np.stack([peace, c]))
                both[n] = before(
                    beliefs, ATTACKER, stage.answer[ATTACKER, m, n, s], np.stack([answered[DEFENDER, n], c])
                )
            u = c.copy()
            for j in range(n_proposers):
                offered = {ATTACKER: answered[DEFENDER], DEFENDER: answered[ATTACKER], PATRON: both}[j]
                leads_to = np.concatenate([offered, c[None]])
                offers = choose(beliefs, j, tables.offer_weight[epoch], tables.precision_offer[j], of_side(j, leads_to))
                stage.offer[m, j, s] = offers
                recognised = pool[tables.recognition[epoch, m, j], s]
                u += recognised * (before(beliefs, j, offers, leads_to) - c)
            stage.before_posture[m, :, s] = u
    for s in range(n_states):
        if n_postures == 1:
            stage.value[:, s] = stage.before_posture[0, :, s]
            continue
        payoff = of_side(PATRON, stage.before_posture[:, :, s])
        for k, m in product(range(beliefs.types[PATRON]), range(n_postures)):
            theta = beliefs.profiles.index((0, 0, k))
            payoff[k, m] -= pool[maps.posture_cost[epoch, m, theta], s]
        chosen = choose(beliefs, PATRON, tables.posture_weight[epoch], tables.precision_posture, payoff)
        stage.posture[s] = chosen
        stage.value[:, s] = before(beliefs, PATRON, chosen, stage.before_posture[:, :, s])
    return stage


def reference_solve(tables: Any) -> Reference:
    """Values of every period and the decisions that lead to them."""
    beliefs = Beliefs(tables)
    nature = Nature(tables, beliefs)
    n_periods, n_states = int(tables.n_periods), int(tables.n_states)
    values = np.zeros((n_periods + 1, beliefs.n_rows, n_states, beliefs.n_joint))
    for r, s, b in product(range(beliefs.n_rows), range(n_states), range(beliefs.n_joint)):
        values[n_periods, r, s, b] = sum(
            beliefs.own_profile[r, b, x] * tables.profiles.terminal[r, x, s] for x in range(len(beliefs.profiles))
        )
    stages: list[Stage] = []
    for t in range(n_periods - 1, -1, -1):
        stage = solve_stage(tables, beliefs, nature, t, values[t + 1])
        values[t] = stage.value
        stages.insert(0, stage)
    return Reference(values, stages, beliefs)


# --- Layout -----------------------------------------------------------------------------------------------------------


def decision_arrays(tables: Any, reference: Reference, period: int) -> dict[str, Float]:
    """All decisions of a period as arrays over states and joint nodes, the last two axes.

    For each of "posture", "offer_j", "accept_i" (i the side that answers; actions accept and reject), "effort_a" and
    "effort_d" the probabilities (K, ..., actions, S, B) by own type, and under the name with "_after" the posterior
    probabilities (..., actions, K, S, B) before the lottery. In front of the actions: posture, then package or A's
    effort.
    """
    stage, types = reference.stages[period], reference.beliefs.types
    n_states, n_joint = int(tables.n_states), reference.beliefs.n_joint
    out: dict[str, Float] = {}

    def put(name: str, side: int, before_actions: tuple[int, ...], choices_at: Mapping[Any, Choices]) -> None:
        """`choices_at`: by the indices in front of the actions, and the state."""
        n_actions = next(iter(choices_at.values()))[0].probability.shape[1]
        chance = np.full((types[side], *before_actions, n_actions, n_states, n_joint), np.nan)
        after = np.full((*before_actions, n_actions, types[side], n_states, n_joint), np.nan)
        for key, choices in choices_at.items():
            place, s = key[:-1], key[-1]
            for b, choice in enumerate(choices):
                chance[(slice(None), *place, slice(None), s, b)] = choice.probability
                after[(*place, slice(None), slice(None), s, b)] = choice.posterior
        out[name], out[f"{name}_after"] = chance, after

    n_postures, n_proposers = tables.recognition.shape[1:3]
    n_packages = tables.peace_fixed.shape[1]
    if stage.posture:
        put("posture", PATRON, (), {(s,): choices for s, choices in stage.posture.items()})
    for j in range(n_proposers):
        offers = {(m, s): c for (m, k, s), c in stage.offer.items() if k == j}
        put(f"offer_{j}", j, (n_postures,), offers)
    for i in (ATTACKER, DEFENDER):
        answers = {(m, n, s): c for (k, m, n, s), c in stage.answer.items() if k == i}
        put(f"accept_{i}", i, (n_postures, n_packages), answers)
    put("effort_a", ATTACKER, (n_postures,), stage.effort_a)
    put("effort_d", DEFENDER, (n_postures, tables.n_effort_a), stage.effort_d)
    return out


def possible(beliefs: Beliefs) -> NDArray[np.bool_]:
    """(R, B): whether the public holds a row's own type possible. Other values weigh nothing for anybody.

    With two types they are defined all the same, since the belief stays where it is; with more they are a convention.
    """
    out = np.ones((beliefs.n_rows, beliefs.n_joint), bool)
    for r, b in product(range(beliefs.n_rows), range(beliefs.n_joint)):
        side = beliefs.row_side[r]
        if side >= 0 and beliefs.types[side] > 2:
            out[r, b] = bool(beliefs.public(side, b)[beliefs.row_type[r]] > 0.0)
    return out


# --- Forward ----------------------------------------------------------------------------------------------------------


def reference_propagate(tables: Any, reference: Reference) -> Forward:
    """Where the mass goes for every profile, with the choices of its types, their lotteries and their odds of war."""
    beliefs = reference.beliefs
    n_periods, n_states = int(tables.n_periods), int(tables.n_states)
    n_postures, n_proposers = tables.recognition.shape[1:3]
    n_packages, n_effort = tables.peace_fixed.shape[1], tables.n_effort_a * tables.n_effort_d
    n_profiles, n_joint, n_ends = len(beliefs.profiles), beliefs.n_joint, len(tables.ends)
    out = Forward(
        prior=beliefs.own_profile[-1, beliefs.start].copy(),
        mass=np.zeros((n_periods + 1, n_profiles, n_states, n_joint)),
        open=np.zeros((n_periods + 1, n_profiles)),
        settled=np.zeros((n_periods, n_profiles, n_proposers, n_packages)),
        settled_at=np.zeros((n_periods, n_profiles, n_joint)),
        ended=np.zeros((n_periods, n_profiles, n_ends)),
        ended_at=np.zeros((n_periods, n_profiles, n_states, n_joint, len(tables.operator_offset))),
        posture=np.zeros((n_periods, n_profiles, n_postures)),
        offer=np.zeros((n_periods, n_profiles, n_proposers, n_packages + 1)),
        effort=np.zeros((n_periods, n_profiles, n_effort)),
        frozen=np.zeros((n_profiles, n_states, n_joint)),
        worth=np.zeros((n_profiles, beliefs.n_rows)),
    )
    out.mass[0, :, :, beliefs.start] = tables.initial
    for theta in range(n_profiles):
        for t in range(n_periods):
            _PeriodOfProfile(tables, reference, Nature(tables, beliefs), out, t, theta).run()
        out.frozen[theta] = out.mass[n_periods, theta]
        for r in range(beliefs.n_rows):
            left = out.mass[n_periods, theta].sum(axis=1)
            out.worth[theta, r] += tables.discount[r] ** n_periods * float(tables.profiles.terminal[r, theta] @ left)
    out.open[:] = out.mass.sum(axis=(2, 3))
    return out


class _PeriodOfProfile:
    """One period of one profile of types: mass (S, B) through every choice and every move."""

    def __init__(
        self, tables: Any, reference: Reference, nature: Nature, out: Forward, period: int, theta: int
    ) -> None:
        self.tables, self.reference, self.nature, self.out = tables, reference, nature, out
        self.t, self.theta = period, theta
        self.beliefs, self.stage = reference.beliefs, reference.stages[period]
        self.profile = self.beliefs.profiles[theta]
        self.epoch = int(tables.epoch_of_period[period])

    def through(self, side: int, choices: Choices, mass: Float) -> list[Float]:
        """Mass (B,) before a choice of the true type -> mass after each action and its lottery."""
        k = self.profile[side]
        after = [np.zeros_like(mass) for _ in choices[0].landing]
        for b, choice in enumerate(choices):
            for a, landing in enumerate(choice.landing):
                for v, q in landing:
                    after[a][v] += mass[b] * choice.probability[k, a] * q[k]
        return after

    def run(self) -> None:
        n_states = int(self.tables.n_states)
        for s in range(n_states):
            mass = self.out.mass[self.t, self.theta, s]
            postures = self.through(PATRON, self.stage.posture[s], mass) if self.stage.posture else [mass]
            for m, here in enumerate(postures):
                self.out.posture[self.t, self.theta, m] += here.sum()
                self.fight(m, s, self.talk(m, s, here))

    def talk(self, m: int, s: int, mass: Float) -> Float:
        """Mass that goes on fighting after this period's offer, if any."""
        out, t, theta, tables = self.out, self.t, self.theta, self.tables
        speaks = [float(tables.pool[tables.recognition[self.epoch, m, j], s]) for j in range(out.settled.shape[2])]
        fighting = (1.0 - sum(speaks)) * mass
        for j, chance in enumerate(speaks):
            for n, offered in enumerate(self.through(j, self.stage.offer[m, j, s], chance * mass)):
                out.offer[t, theta, j, n] += offered.sum()
                if n == out.settled.shape[3]:
                    fighting = fighting + offered
                    continue
                agreed = offered
                for i in (ATTACKER, DEFENDER):
                    if i != j:
                        agreed, refused = self.through(i, self.stage.answer[i, m, n, s], agreed)
                        fighting = fighting + refused
                out.settled[t, theta, j, n] += agreed.sum()
                out.settled_at[t, theta] += agreed
                for r in range(self.beliefs.n_rows):
                    fixed = tables.pool[tables.profiles.peace_fixed[self.epoch, n, r, theta], s]
                    resume = tables.pool[tables.peace_resume[self.epoch, n, r], s]
                    worth = fixed + resume * self.reference.values[t + 1, r, s]
                    out.worth[theta, r] += tables.discount[r] ** t * float(agreed @ worth)
        return fighting

    def fight(self, m: int, s: int, mass: Float) -> None:
        out, t, theta, tables = self.out, self.t, self.theta, self.tables
        for e_a, seen in enumerate(self.through(ATTACKER, self.stage.effort_a[m, s], mass)):
            for e_d, here in enumerate(self.through(DEFENDER, self.stage.effort_d[m, e_a, s], seen)):
                e = e_a * tables.n_effort_d + e_d
                out.effort[t, theta, e] += here.sum()
                for r in range(self.beliefs.n_rows):
                    flow = tables.pool[tables.profiles.flow[self.epoch, m, e, r, theta], s]
                    out.worth[theta, r] += tables.discount[r] ** t * flow * here.sum()
                for b, amount in enumerate(here):
                    self.scatter(self.steps(m, e), s, b, float(amount))

    def steps(self, m: int, e: int) -> list[NDArray[np.int32]]:
        """Nature's steps: the operator of every row and, last, of the truth."""
        by_step = self.tables.nature[:, self.epoch, m, e]
        return [operators for operators in by_step if operators[-1] >= 0]

    def scatter(self, steps: list[NDArray[np.int32]], s: int, b: int, amount: float) -> None:
        if amount == 0.0:
            return
        if not steps:
            self.out.mass[self.t + 1, self.theta, s, b] += amount
            return
        first, rest = int(steps[0][-1]), steps[1:]
        stays = 0.0
        for w in self.nature.n_arms():
            chance = self.nature.weight(first, w, self.theta, s)
            stays += chance
            if chance != 0.0:
                side = self.nature.informs[first]
                k = 0 if side is None else self.profile[side]
                for v, q in self.nature.landing(first, w, s, b):
                    to = s + int(self.tables.operator_offset[first, w])
                    self.scatter(rest, to, v, amount * chance * float(q[k]))
        gone = amount * (1.0 - stays)
        end = int(self.tables.operator_end[first])
        if end >= 0:
            self.out.ended[self.t, self.theta, end] += gone
            self.out.ended_at[self.t, self.theta, s, b, first] += gone
        else:
            assert abs(gone) < 1e-15, "some mass left the war under no end"
        for r in range(self.beliefs.n_rows):
            paid = self.nature.source(int(steps[0][r]), self.theta, s)
            self.out.worth[self.theta, r] += self.tables.discount[r] ** (self.t + 1) * amount * paid
