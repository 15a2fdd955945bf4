"""Games with private information, against the games of each single type and against numbers worked out by hand."""

from itertools import product

import numpy as np
import pytest

from ripeness.game import GameError, build, overview
from ripeness.game.beliefs import profile_types
from ripeness.mechanisms.base import Axis, Drift, Exit, Jump, Mechanism, Peace, Removal, Succession
from ripeness.scenario.beliefs import Beliefs, SideBeliefs, TypeSpec
from ripeness.scenario.schema import Agenda, PackageSpec
from ripeness.scenario.variants import changed
from tests.game.wars import RATES, Leader, Line, Patron, war

MONTH = 1 / 12


class Stakes(Mechanism):
    """Numbers that types of all three actors differ in."""

    name = "stakes"
    order = 15
    gain: float = 0.0
    worth: float = 0.0
    resolve: float = 0.0
    reluctance: float = 0.0
    standing: float = 0.0
    prize: float = 0.2
    collapse: float = 0.3
    push: float = 0.3
    lift: float = 0.4

    def axes(self, grid):
        return (
            Axis("front", np.linspace(0.0, 1.0, 4), 0.5, "share", "front"),
            Axis("weather", np.arange(2.0), 0.0, "weather", "weather", ("fair", "foul")),
        )

    def flow(self, at):
        return {"attacker": self.gain * at.levels["front"], "defender": -0.5 * self.gain, "patron": -self.resolve}

    def posture_cost(self, at):
        return self.reluctance if at.posture == "court attacker" else 0.0

    def moves(self, at):
        foul = np.array([1.0 - self.lift, self.lift])
        return (
            Drift("front", self.push * at.effort[0], 0.5),
            Exit("collapse", self.collapse * at.levels["front"], {"attacker": self.prize, "defender": 0.1}),
            Jump("weather", foul.reshape((1,) * at.levels["front"].ndim + (2,))),
        )

    def peace(self, at, package, terms):
        return Peace({"attacker": self.worth * terms, "patron": self.resolve})

    def frozen(self, at):
        return {"attacker": self.standing, "defender": -self.standing}


def side(*types, probability=0.25, seen=None, **more):
    """Types that set something each; the first has what the others leave."""
    kinds = [TypeSpec(name="type 0", set=_paths(types[0]))]
    for k, changes in enumerate(types[1:], start=1):
        kinds.append(TypeSpec(name=f"type {k}", probability=probability, seen_by=seen or {}, set=_paths(changes)))
    return SideBeliefs(types=tuple(kinds), **more)


def _paths(changes):
    return {key if "." in key else f"mechanisms.stakes.{key}": value for key, value in changes.items()}


def typed(*mechanisms, alone=False, known=False, agenda=None, **sides):
    more = {} if agenda is None else {"agenda": agenda}
    return war(*mechanisms, patron=not alone, beliefs=Beliefs(known=known, **sides), **more)


ALL = typed(
    Stakes(), Patron(), Leader(),
    agenda=Agenda(
        packages=(PackageSpec(name="swap", terms=0.4, extra={"patron": 0.1}), PackageSpec(name="b", terms=0.6))
    ),
    attacker=side({}, {"gain": 0.2, "worth": -0.1, "push": 0.9, "standing": 0.2, "prize": 0.5,
                       "actors.attacker.discount_yearly": 0.1}),
    defender=side({"collapse": 0.2}, {"collapse": 0.7}, {"collapse": 0.9, "actors.defender.discount_yearly": 0.2}),
    patron=side({}, {"resolve": 0.3, "reluctance": 0.05, "lift": 0.7, "agenda.packages.0.extra.patron": 0.4}),
)  # fmt: skip
"""Types of everybody, in every number that types may change."""


@pytest.fixture(scope="module")
def game():
    return build(ALL)


@pytest.fixture(scope="module")
def single():
    """Games of each profile alone, everybody knowing it."""
    kinds = [s.types for s in ALL.beliefs.sides().values()]
    plain = ALL.model_copy(update={"beliefs": None})
    found = []
    for profile in product(*kinds):
        scenario = plain
        for kind in profile:
            scenario = changed(scenario, kind.set)
        found.append(build(scenario))
    return found


def test_rows_are_the_types_of_each_actor(game):
    tables = game.tables
    assert tables.types == (2, 3, 2)
    assert tables.n_profiles == 12
    assert tables.row_side.tolist() == [0, 0, 1, 1, 1, 2, 2]
    assert tables.row_type.tolist() == [0, 1, 0, 1, 2, 0, 1]
    assert game.actor_of_row == ("attacker",) * 2 + ("defender",) * 3 + ("patron",) * 2
    assert game.roles == ("attacker", "defender", "patron")
    assert dict(game.types) == {
        "attacker": ("type 0", "type 1"), "defender": ("type 0", "type 1", "type 2"), "patron": ("type 0", "type 1"),
    }  # fmt: skip
    assert not game.known
    assert tables.profiles.flow.shape[3:] == (7, 12)
    assert tables.recognition.shape[2] == 3
    rates = [0.3, 0.1, 0.5, 0.5, 0.2, 0.2, 0.2]
    assert tables.discount == pytest.approx([(1 + rate) ** -MONTH for rate in rates], rel=1e-15)


def own_rows(tables, profile):
    """The row of each actor whose type is the profile's."""
    kinds = profile_types(tables.types)[profile]
    return [int(np.flatnonzero((tables.row_side == i) & (tables.row_type == k))[0]) for i, k in enumerate(kinds)]


def test_payoffs_of_every_profile_are_those_of_the_game_in_which_it_is_known(game, single):
    tables, maps = game.tables, game.tables.profiles
    for profile, other in enumerate(single):
        plain = other.tables
        rows = own_rows(tables, profile)
        for mine, theirs in (
            (maps.flow[..., rows, profile], plain.flow),
            (maps.peace_fixed[..., rows, profile], plain.peace_fixed),
            (tables.peace_resume[..., rows], plain.peace_resume),
            (maps.posture_cost[..., profile], plain.posture_cost),
            (tables.recognition, plain.recognition),
        ):
            assert np.array_equal(tables.pool[mine], plain.pool[theirs])
        assert np.array_equal(maps.terminal[rows, profile], plain.terminal)
        assert np.array_equal(tables.discount[rows], plain.discount)


def transition(tables, weight, source, nature):
    """Matrix of a period and what leaving pays, multiplied out from operators; `weight` and `source` by operator."""
    n = tables.n_states
    matrix, paid = np.eye(n), np.zeros(n)
    for operator in nature[::-1]:
        if operator < 0:
            continue
        one = np.zeros((n, n))
        for offset, table in zip(tables.operator_offset[operator], weight[operator], strict=True):
            if table >= 0:
                for s in np.flatnonzero(tables.pool[table]):
                    one[s, s + offset] += tables.pool[table, s]
        paid = one @ paid + (tables.pool[source[operator]] if source[operator] >= 0 else 0.0)
        matrix = one @ matrix
    return matrix, paid


def test_nature_of_every_profile_is_that_of_the_game_in_which_it_is_known(game, single):
    """To 1e-14: sums of a few products."""
    tables, maps = game.tables, game.tables.profiles
    where = (0, 1, 3)
    for profile, other in enumerate(single):
        plain = other.tables
        for i, row in enumerate([*own_rows(tables, profile), tables.n_rows]):
            mine = transition(
                tables, maps.operator_weight[..., profile], maps.operator_source[:, profile],
                tables.nature[(slice(None), *where, row)],
            )  # fmt: skip
            theirs = transition(
                plain, plain.operator_weight, plain.operator_source, plain.nature[(slice(None), *where, i)]
            )
            assert np.allclose(mine[0], theirs[0], rtol=0, atol=1e-14)
            assert np.allclose(mine[1], theirs[1], rtol=0, atol=1e-14)


class Swift(Mechanism):
    """A line on a fine grid, which needs more sub-steps the faster it is."""

    name = "territory"
    order = 10
    spread: float = 0.06

    def axes(self, grid):
        return (Axis("territory", np.linspace(0.0, 1.0, 51), 0.5, "share", "line"),)

    def moves(self, at):
        return (Drift("territory", 0.05, self.spread),)


def test_types_that_need_more_sub_steps_than_others_move_in_step_with_them():
    """0.06^2 / 12 fits one step of 1/50, 0.2^2 / 12 needs nine; mean and variance of both come out right."""
    game = build(typed(Swift(), alone=True, attacker=side({}, {"mechanisms.territory.spread": 0.2})))
    tables, maps = game.tables, game.tables.profiles
    assert tables.nature.shape[0] == 9
    start = int(np.argmin(abs(game.level("territory") - 0.5)))
    for profile, spread in enumerate((0.06, 0.2)):
        matrix, _ = transition(
            tables, maps.operator_weight[..., profile], maps.operator_source[:, profile], tables.nature[:, 0, 0, 0, 0]
        )
        mean = matrix[start] @ game.level("territory")
        assert mean == pytest.approx(0.5 + 0.05 * MONTH, abs=1e-13)
        assert matrix[start] @ (game.level("territory") - mean) ** 2 == pytest.approx(spread**2 * MONTH, abs=1e-13)


def informative(tables):
    """Sides of whose type each operator tells."""
    found = []
    for weights in tables.profiles.operator_weight:
        cube = weights.reshape(-1, *tables.types)
        found.append({i for i in range(3) if np.any(cube != np.take(cube, [0], axis=i + 1))})
    return found


def test_a_move_tells_of_one_type_only_and_an_equal_one_of_none(game):
    found = informative(game.tables)
    assert {frozenset(sides) for sides in found} == {frozenset(), frozenset({0}), frozenset({1}), frozenset({2})}
    quiet = build(typed(Stakes(), alone=True, attacker=side({}, {"gain": 0.2})))
    assert all(not sides for sides in informative(quiet.tables))


def test_all_rows_and_the_truth_read_the_same_odds_at_each_step(game):
    tables = game.tables
    told = [bool(sides) for sides in informative(tables)]
    for step in tables.nature.reshape(tables.nature.shape[0], -1, tables.n_rows + 1):
        for operators in step:
            if any(told[o] for o in operators if o >= 0):
                weights = [tables.profiles.operator_weight[o] for o in operators]
                assert all(np.array_equal(each, weights[0]) for each in weights)


def test_flows_of_two_types_by_hand():
    """The attacker gains 0.2 of the front if it is of type 1; D, who cannot know, loses half of 0.2 then."""
    game = build(typed(Stakes(), alone=True, attacker=side({}, {"gain": 0.2})))
    tables = game.tables
    front = game.level("front")
    pool, flow = tables.pool, tables.profiles.flow[0, 0, 0]
    delta_a, delta_d = ((1 + RATES[role]) ** -MONTH for role in ("attacker", "defender"))
    assert pool[flow[0]] == pytest.approx(np.zeros((2, front.size)))  # whatever the profile, type 0 gains nothing
    assert pool[flow[1, 1]] == pytest.approx((1 - delta_a) * 0.2 * front)
    assert flow[1, 0] == flow[1, 1]
    assert pool[flow[2, 0]] == pytest.approx(np.zeros(front.size))
    assert pool[flow[2, 1]] == pytest.approx(np.full(front.size, -(1 - delta_d) * 0.1))


def test_settlements_and_the_horizon_of_two_types_by_hand():
    game = build(typed(Stakes(), alone=True, attacker=side({}, {"worth": -0.5, "standing": 0.1})))
    tables, maps = game.tables, game.tables.profiles
    shift = [package.shift for package in game.packages]
    for n, moved in enumerate(shift):
        terms = 0.5 + moved  # no mechanism adds the axis "territory"
        worth = tables.pool[maps.peace_fixed[0, n]][..., 0]  # (R, Theta)
        assert worth == pytest.approx(np.array([[terms, terms], [0.5 * terms] * 2, [1 - terms, 1 - terms]]))
    assert maps.terminal[:, :, 0] == pytest.approx(np.array([[0.5, 0.5], [0.6, 0.6], [0.5, 0.4]]))


def test_probability_of_an_exit_by_hand():
    """At the end of the front, hazard 0.3 or 0.9 a year: what remains is exp(-h/12), and the defender's type shows."""
    game = build(typed(Stakes(), alone=True, defender=side({}, {"collapse": 0.9})))
    tables = game.tables
    (ending,) = np.flatnonzero(tables.operator_end >= 0)
    stays = tables.pool[tables.profiles.operator_weight[ending, 0]]
    last = game.level("front") == 1.0
    assert stays[0, last] == pytest.approx(np.exp(-0.3 * MONTH))
    assert stays[1, last] == pytest.approx(np.exp(-0.9 * MONTH))
    paid = [o for o, sources in enumerate(tables.profiles.operator_source) if sources.min() >= 0]
    of_a = tables.pool[tables.profiles.operator_source[min(paid)]][:, last]
    assert of_a[:, 0] == pytest.approx(0.2 * (1 - np.exp(-np.array([0.3, 0.9]) * MONTH)))


def test_observers_start_from_their_own_beliefs():
    seen = {"defender": 0.8, "patron": 0.3, "truth": 0.5}
    game = build(typed(Stakes(), attacker=side({}, {"gain": 0.2}, probability=0.4, seen=seen, nodes=9, reach=4.0)))
    (axis,) = game.tables.beliefs
    assert (axis.side, axis.resolution, axis.nodes.shape) == (0, 0, (9, 2))
    public = axis.nodes[axis.start]
    assert public == pytest.approx([0.6, 0.4], abs=1e-15)
    log_odds = np.log(public[1] / public[0]) + axis.offset[:, 1]
    own = 1 / (1 + np.exp(-log_odds))
    assert own[2:] == pytest.approx([0.8, 0.3, 0.5], abs=1e-15)  # D, P, the truth
    assert axis.offset[:2].tolist() == [[0.0, 0.0]] * 2
    assert axis.offset[:, 0].tolist() == [0.0] * 5
    inner = np.log(axis.nodes[1:-1, 1] / axis.nodes[1:-1, 0])
    assert inner[[0, -1]] == pytest.approx([-4.0, 4.0])


def test_kinks_get_nodes_of_their_own():
    """Besides the even nodes, of which the start takes one; what coincides with another node adds none."""
    even = {"probability": 0.4, "nodes": 9, "reach": 4.0}
    plain = build(typed(Stakes(), attacker=side({}, {"gain": 0.2}, **even)))
    kinks = build(typed(Stakes(), attacker=side({}, {"gain": 0.2}, **even, at=(0.999, 0.4, 0.55, 0.5))))
    (before,), (after,) = plain.tables.beliefs, kinks.tables.beliefs
    assert after.nodes.shape == (9 + 3, 2)
    assert after.nodes[after.start].tolist() == before.nodes[before.start].tolist()
    assert np.isin(before.nodes, after.nodes).all()
    for belief in (0.5, 0.55, 0.999):
        assert np.abs(after.nodes[:, 1] - belief).min() < 1e-15
    assert np.all(np.diff(after.nodes[:, 1]) > 0)


def test_three_types_live_on_a_simplex():
    game = build(typed(Stakes(), defender=side({}, {"gain": 0.1}, {"gain": 0.2}, seen={"truth": 0.4}, resolution=4)))
    (axis,) = game.tables.beliefs
    assert (axis.side, axis.resolution) == (1, 4)
    assert axis.nodes[axis.start] == pytest.approx([0.5, 0.25, 0.25])  # on the grid of quarters
    assert axis.nodes.shape == (15, 3)
    truth = axis.nodes[axis.start] * np.exp(axis.offset[-1])
    assert truth / truth.sum() == pytest.approx([0.2, 0.4, 0.4], abs=1e-15)


def test_what_is_known_from_the_start_needs_the_certainties_alone():
    both = {"attacker": side({}, {"worth": 0.2}, leak_yearly=0.5), "defender": side({}, {"gain": 0.1}, {"gain": 0.2})}
    game = build(typed(Stakes(), known=True, **both))
    assert game.known
    assert game.tables.known
    two, three = game.tables.beliefs
    assert two.nodes.tolist() == [[1.0, 0.0], [0.75, 0.25], [0.0, 1.0]]
    assert two.start == 1
    assert sorted(three.nodes.tolist(), reverse=True)[:1] == [[1.0, 0.0, 0.0]]
    assert three.nodes.shape == (4, 3)
    secret = build(typed(Stakes(), **both))
    assert secret.tables.nature.shape[0] == game.tables.nature.shape[0] + 1  # no leak of what is known


def test_a_secret_leaks_after_all_other_moves():
    game = build(typed(Stakes(), Patron(), attacker=side({}, {"gain": 0.2}, leak_yearly=0.6)))
    tables = game.tables
    last = tables.nature[-1]
    assert np.unique(last).size == 1  # every epoch, posture, effort, row and the truth
    weights = tables.pool[tables.profiles.operator_weight[last.flat[0], :3]][..., 0]  # (arms, profiles)
    kept = np.exp(-0.6 * MONTH)
    assert weights == pytest.approx(np.array([[kept, kept], [1 - kept, 0.0], [0.0, 1 - kept]]))
    assert np.all(tables.operator_offset[last.flat[0], :3] == 0)


def test_without_types_nothing_is_typed():
    for scenario in (war(Line()), typed(Line(), alone=True)):
        game = build(scenario)
        assert game.tables.by_profile is None
        assert game.tables.beliefs == ()
        assert not game.types
        assert game.actor_of_row == game.roles


def test_what_no_type_changes_is_asked_once_and_stored_once(game, single):
    pool = game.tables.pool
    assert np.unique(pool, axis=0).shape == pool.shape
    assert pool.shape[0] < sum(each.tables.pool.shape[0] for each in single)


def test_sizes_count_beliefs_and_rows(game):
    said = overview(game)
    assert said.n_nodes == game.tables.n_nodes
    assert said.types == (2, 3, 2)
    assert said.values_bytes == 5 * 7 * game.tables.n_states * game.tables.n_nodes * 4


class Odd(Mechanism):
    """What types may not differ in."""

    name = "odd"
    order = 85
    x: float = 0.0

    def axes(self, grid):
        return (Axis("height", np.linspace(0.0, 1.0 + self.x, 3), 0.5, "m", "height"),) if self.kind == "axis" else ()

    kind: str = ""

    def breaks(self, start, years, horizon):
        return (1 + int(self.x),) if self.kind == "breaks" else ()

    def postures(self):
        return ("stand back", "press attacker")[: 1 + int(self.x)] if self.kind == "postures" else ()

    def posture_cost(self, at):
        return self.x if self.kind == "posture_cost" else 0.0

    def moves(self, at):
        if self.kind == "succession":
            return (Succession(None, "attacker", 0.1 + self.x, 0.0),)
        if self.kind == "sometimes" and self.x > 0.0:
            return (Exit("rout", self.x, {}),)
        if self.kind == "prize":
            return (Exit("rout", 0.1, {"defender": self.x}),)
        return ()

    def peace(self, at, package, terms):
        if self.kind == "breakdown":
            return Peace(breakdown=self.x)
        if self.kind == "removal":
            return Peace(removal={"attacker": Removal(self.x, 0.0)})
        return Peace()


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (
            "axis",
            r"the grid depends on the type of the attacker: everybody sees it\. Take what changes it out of `set`",
        ),
        ("breaks", "the calendar depends on the type of the attacker"),
        ("postures", "the menu of postures depends on the type of the attacker"),
        ("posture_cost", "posture_cost of 'stand back' depends on the type of the attacker: only the patron chooses"),
        ("succession", "mechanisms.odd: removal of the attacker, hazard depends on the type of the attacker"),
        ("sometimes", "mechanisms.odd makes moves under some types that it does not make under others"),
        ("prize", "mechanisms.odd: 'rout' value of the defender depends on the type of the attacker"),
        ("breakdown", "breakdown of a peace on 'line -0.1, guarantees 0' depends on the type of the attacker"),
        ("removal", "hazard of the attacker's removal under a peace on 'line -0.1, guarantees 0' depends on the type"),
    ],
)
def test_what_everybody_sees_may_not_depend_on_types(kind, message):
    with pytest.raises(GameError, match=message):
        build(typed(Odd(kind=kind), Patron(), attacker=side({}, {"mechanisms.odd.x": 1.0})))


def test_who_proposes_may_not_depend_on_types():
    with pytest.raises(GameError, match=r"mechanisms\.channel: recognition depends on the type of the attacker"):
        build(typed(attacker=side({}, {"mechanisms.channel.attacker": 1.0})))


def test_a_move_that_would_tell_of_two_types_is_refused():
    both = {"attacker": side({}, {"push": 0.5}), "defender": side({}, {"push": 0.6})}
    with pytest.raises(GameError, match="axis 'front' depends on the types of the attacker and the defender: one move"):
        build(typed(Stakes(), **both))


@pytest.mark.parametrize(
    ("sides", "message"),
    [
        (
            {"attacker": side({}, {"mechanisms.none.x": 1.0})},
            "beliefs: a number under `set` cannot be changed: there is",
        ),
        ({"attacker": side({}, {"gain": 1.0}, {"gain": 2.0}, probability=0.5)}, "a probability above 0 to every type"),
        ({"patron": side({}, {"gain": 1.0})}, "beliefs.patron needs actors.patron"),
    ],
)
def test_types_that_make_no_game_are_refused_in_a_sentence(sides, message):
    with pytest.raises(GameError, match=message):
        build(typed(Stakes(), alone=True, **sides))
