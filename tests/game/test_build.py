"""The labelled game against tables worked out state by state."""

from itertools import product

import numpy as np
import pytest

from ripeness.engine import propagate, solve
from ripeness.game import GameError, build, overview
from ripeness.mechanisms.base import Axis, Drift, Exit, Jump, Mechanism, Peace, Removal, Succession
from ripeness.mechanisms.channel import Channel
from ripeness.scenario.schema import Actor, Actors, Agenda, AgendaGrid, Frozen, PackageSpec
from tests.game.wars import RATES, Leader, Line, Patron, war

MONTH = 1 / 12
FULL = (Line(), Patron(), Leader())


@pytest.fixture(scope="module")
def game():
    frozen = Frozen(cost={"attacker": 0.02, "patron": 0.03})
    return build(war(*FULL, patron=True, frozen=frozen))


def states(game):
    """Every state with its values by axis name, in storage order."""
    names = [axis.name for axis in game.axes]
    return [dict(zip(names, point, strict=True)) for point in product(*(axis.values for axis in game.axes))]


def step(game, epoch, posture, effort, row):
    """Transition matrix of a period and what leaving pays, multiplied out from the operators."""
    tables = game.tables
    n = tables.n_states
    matrix, paid = np.eye(n), np.zeros(n)
    for operator in tables.nature[::-1, epoch, posture, effort, row]:  # last first: E[V] = op_1(op_2(... V))
        if operator < 0:
            continue
        one = np.zeros((n, n))
        for offset, weight in zip(tables.operator_offset[operator], tables.operator_weight[operator], strict=True):
            if weight >= 0:
                for s in np.flatnonzero(tables.pool[weight]):
                    one[s, s + offset] += tables.pool[weight, s]
        source = tables.operator_source[operator]
        paid = one @ paid + (tables.pool[source] if source >= 0 else 0.0)
        matrix = one @ matrix
    return matrix, paid


def by_hand(game, posture, effort, row):
    """The same from the words of the mechanisms: the line, its end, the mood, the succession, in this order."""
    found = states(game)
    index = {tuple(s.values()): k for k, s in enumerate(found)}
    matrix, paid = np.zeros((len(found), len(found))), np.zeros(len(found))
    v, s2, h = 0.3 * (effort[0] - 0.4) * MONTH, MONTH, 0.5
    up, down = (s2 + v**2) / (2 * h**2) + v / (2 * h), (s2 + v**2) / (2 * h**2) - v / (2 * h)
    for k, s in enumerate(found):
        lines = {}
        for move, p in ((h, up), (0.0, 1 - up - down), (-h, down)):
            line = float(np.clip(s["territory"] + move, 0.0, 1.0))
            lines[line] = lines.get(line, 0.0) + p
        paid[k] += lines.pop(1.0, 0.0) * (0.9, 0.05, 0.0, 0.0)[row]
        for line, p_line in lines.items():
            to_two = 0.8 if s["mood"] else 0.5 if posture == "court attacker" else 0.1 + 0.1 * line
            for mood, p_mood in ((1.0, to_two), (0.0, 1 - to_two)):
                leaves = (1 - np.exp(-0.6 * MONTH)) * (s["attacker leader"] == 0.0)
                p = p_line * p_mood
                if row == 0:
                    paid[k] += p * leaves * 0.1 * line
                    to = [(s["attacker leader"], 1 - leaves)]
                else:
                    to = [(1.0, leaves), (0.0, 1 - leaves)] if s["attacker leader"] == 0.0 else [(1.0, 1.0)]
                for leader, p_leader in to:
                    there = {"territory": line, "mood": mood, "attacker leader": leader}
                    matrix[k, index[tuple(there[name] for name in s)]] += p * p_leader
    return matrix, paid


@pytest.mark.parametrize("row", range(4))
def test_nature_moves_as_the_mechanisms_say_one_after_the_other(game, row):
    for epoch, (m, posture), (e, effort) in product(
        range(2), enumerate(game.postures), enumerate(product(*game.efforts))
    ):
        matrix, paid = step(game, epoch, m, e, row)
        expected_matrix, expected_paid = by_hand(game, posture, effort, row)
        assert np.allclose(matrix, expected_matrix, rtol=0, atol=1e-14)  # sums of a few products
        assert np.allclose(paid, expected_paid, rtol=0, atol=1e-14)


def test_flows_are_the_sums_of_the_mechanisms_by_epoch_and_effort(game):
    tables = game.tables
    for epoch, m, (e, (effort_a, effort_d)) in product(range(2), range(2), enumerate(product(*game.efforts))):
        for k, s in enumerate(states(game)):
            first = (0, 2)[epoch]
            expected = (
                s["territory"] - 0.2 * effort_a,
                1 - s["territory"] - 0.3 * effort_d,
                -0.1 * (1 - s["mood"]) * (1 + first),
            )
            for row, rate in enumerate(expected):
                found = tables.pool[tables.flow[epoch, m, e, row], k]
                assert found == pytest.approx((1 - tables.discount[row]) * rate, abs=1e-15)


def test_settlements_are_worth_what_the_recursion_with_breaking_and_removal_gives(game):
    """Against the recursion run forward for a thousand periods; what is left of it is below 0.99 ** 1000."""
    tables = game.tables
    resumed = 0.37
    for (n, package), (row, role) in product(enumerate(game.packages), enumerate(game.roles)):
        for k, s in enumerate(states(game)):
            terms = min(max(s["territory"] + package.shift, 0.0), 1.0)
            delta = tables.discount[row]
            utility = {"attacker": terms, "defender": 1 - terms, "patron": 0.3}[role]
            broken = 1 - np.exp(-0.4 * np.exp(-package.guarantees) * MONTH)
            removed = 1 - np.exp(-(0.2 + 0.5 * (1 - terms)) * MONTH) if role == "attacker" else 0.0
            worth, reached = 0.0, 1.0
            for _ in range(3000):
                worth += reached * ((1 - delta) * utility + delta * removed * 0.4)
                worth += reached * delta * (1 - removed) * broken * resumed
                reached *= delta * (1 - removed) * (1 - broken)
            fixed, resume = (tables.pool[table[0, n, row], k] for table in (tables.peace_fixed, tables.peace_resume))
            assert fixed + resume * resumed == pytest.approx(worth, abs=1e-12)


def test_peace_without_removal_is_that_of_the_tables():
    """(i.3) as the builder of tables has it, in a game without leaders."""
    scenario = war(Line(), Durable())
    tables = build(scenario).tables
    delta = tables.discount[0]
    broken = 1 - np.exp(-0.4 * MONTH)
    expected = delta * broken / (1 - delta * (1 - broken))
    assert tables.pool[tables.peace_resume[0, 0, 0]] == pytest.approx(expected, rel=1e-14)


class Durable(Mechanism):
    name = "durable"

    def peace(self, at, package, terms):
        return Peace(breakdown=0.4)


def test_terms_offers_and_costs_are_labelled(game):
    assert [p.name for p in game.packages] == [
        "line -0.1, guarantees 0", "line -0.1, guarantees 1", "line, guarantees 0", "line, guarantees 1",
    ]  # fmt: skip
    line = game.level("territory")
    assert np.allclose(game.terms[0], np.maximum(line - 0.1, 0.0))
    assert np.allclose(game.terms[3], line)
    tables = game.tables
    assert tables.pool[tables.posture_cost[0, 1]] == pytest.approx(0.01)
    assert tables.pool[tables.recognition[0, 0, 0]] == pytest.approx(2 / 3)
    assert tables.pool[tables.recognition[0, 0, 1]] == pytest.approx(1 / 3)
    assert game.roles == ("attacker", "defender", "patron")
    assert tables.ends == ("A holds all",)
    assert tables.discount == pytest.approx([(1 + rate) ** (-1 / 12) for rate in RATES.values()], rel=1e-15)


def test_a_conflict_frozen_at_the_horizon_pays_the_line_less_the_standing_cost(game):
    terminal = game.tables.terminal
    line = game.level("territory")
    assert np.allclose(terminal[0], line - 0.02, rtol=0, atol=1e-15)
    assert np.allclose(terminal[1], 1 - line, rtol=0, atol=1e-15)
    assert np.allclose(terminal[2], 0.1 * game.level("attacker leader") - 0.03, rtol=0, atol=1e-15)


def test_mass_starts_at_the_stated_mean(game):
    initial = game.tables.initial
    assert initial.sum() == pytest.approx(1.0, abs=1e-15)
    assert initial @ game.level("territory") == pytest.approx(0.3, abs=1e-15)
    assert np.count_nonzero(initial) == 2


def test_epochs_follow_the_breaks_of_the_mechanisms(game):
    assert game.tables.epoch_of_period.tolist() == [0, 0, 1, 1]


def test_equal_tables_are_stored_once(game):
    pool = game.tables.pool
    assert np.unique(pool, axis=0).shape == pool.shape


def test_without_a_patron_there_are_two_rows_and_one_posture():
    game = build(war(Line()))
    assert game.roles == ("attacker", "defender")
    assert game.postures == ("stand back",)
    assert game.tables.recognition.shape == (1, 1, 2)


def test_a_war_without_axes_has_one_state():
    game = build(war())
    assert game.tables.shape == (1,)
    assert game.axes == ()
    assert game.terms.ravel().tolist() == pytest.approx([0.4, 0.4, 0.5, 0.5])  # the line is one half
    assert solve(game.tables).values.shape == (5, 2, 1, 1)


def test_an_axis_of_one_point_changes_nothing():
    one, none = build(war(Line(points=1, start=0.0, ends=False))), build(war(Line(points=3, start=0.0, ends=False)))
    assert one.tables.n_states == 1
    assert one.tables.nature.shape[0] == 0
    assert np.allclose(one.tables.pool[one.tables.flow[0, 0, 0]], none.tables.pool[none.tables.flow[0, 0, 0]][:, :1])


def test_storage_order_puts_the_axis_moved_last_outermost_and_the_one_moved_first_innermost():
    wide = [
        type("Wide", (Mover,), {"name": f"m{k}", "order": k, "__module__": __name__})(size=size)
        for k, size in enumerate((3, 6, 5, 2))
    ]
    assert [axis.name for axis in build(war(*wide)).axes] == ["x2", "x3", "x1", "x0"]  # x3, moved last, is too short


class Mover(Mechanism):
    size: int = 3

    def axes(self, grid):
        return (Axis(f"x{self.name[1:]}", np.linspace(0, 1, self.size), 0.0, "share", "x"),)

    def moves(self, at):
        return (Drift(f"x{self.name[1:]}", 0.0, 0.2),)


def test_substeps_keep_later_moves_in_their_place():
    """A line that is too fine for one step is moved several times, and its mean and variance come out right."""
    line = Fine()
    game = build(war(line, Leader()))
    assert game.tables.nature.shape[0] == 9 + 1  # 0.2^2 / 12 over (1/50)^2 is 8.33
    start = int(np.argmin(abs(game.level("territory") - 0.5) + game.level("attacker leader")))
    matrix, _ = step(game, 0, 0, 0, 2)
    mean = matrix[start] @ game.level("territory")
    assert mean == pytest.approx(0.5 + 0.05 * MONTH, abs=1e-13)
    assert matrix[start] @ (game.level("territory") - mean) ** 2 == pytest.approx(0.2**2 * MONTH, abs=1e-13)


class Fine(Mechanism):
    name = "territory"
    order = 10

    def axes(self, grid):
        return (Axis("territory", np.linspace(0, 1, 51), 0.5, "share", "line"),)

    def moves(self, at):
        return (Drift("territory", 0.05, 0.2),)


def test_sure_ends_take_everyone_at_once_and_are_booked():
    game = build(war(Line(start=1.0)))
    outlook = propagate(solve(game.tables, dtype=np.float64))
    fought = outlook.effort[0]  # mass by pair of efforts, after talks failed
    # From 1 the line steps back with the chance "down"; otherwise it stays at 1, where the war ends at once.
    leaves = [1.0 - step(game, 0, 0, e, -1)[0][-1].sum() for e in range(fought.size)]
    assert 0.0 < outlook.ended[0, 0] == pytest.approx(float(fought @ leaves), abs=1e-14)


def test_horizon_and_grid_can_be_given_from_outside():
    class Sized(Line):
        def axes(self, grid):
            n = {"coarse": 3, "normal": 4, "fine": 5}[grid]
            return (Axis("territory", np.linspace(0, 1, n), 0.3, "share", "line"),)

    game = build(war(Sized()), grid="fine", horizon=7)
    assert game.tables.shape == (5,)
    assert game.dates.size == 8


def test_overview_states_sizes_and_memory(game):
    said = overview(game)
    assert said.axes == tuple((a.name, a.values.size, owner) for a, owner in zip(game.axes, OWNERS, strict=True))
    assert said.mechanisms == ("territory", "patron_mood", "leader", "channel")
    assert (said.n_states, said.n_periods, said.n_epochs, said.n_packages) == (12, 4, 2, 4)
    assert said.values_bytes == solve(game.tables).values.nbytes
    assert said.pool_bytes == game.tables.pool.size * 4


OWNERS = ("territory", "leader", "patron_mood")  # no axis has four points: the largest is outermost


def fault(name="odd", **hooks):
    """A mechanism with the given hooks."""
    return type("Odd", (Mechanism,), {"name": name, "__module__": __name__, **hooks})()


def axis(values, start=0.0, labels=()):
    return lambda self, grid: (Axis("odd", np.asarray(values, float), start, "share", "odd", labels),)


UNEVEN, DOWN = (0.0, 0.1, 1.0), (1.0, 0.5, 0.0)


@pytest.mark.parametrize(
    ("mechanisms", "message"),
    [
        ([fault(needs=("patron",))], "mechanisms.odd needs actors.patron.*Add it"),
        ([fault(needs=("territory",))], "mechanisms.odd needs mechanisms.territory"),
        ([Line(), fault(axes=lambda self, grid: Line().axes(grid))], "both add the axis 'territory'"),
        ([fault(axes=axis(UNEVEN))], r"'odd' must have evenly spaced values, got steps of 0.1 to 0.9"),
        ([fault(axes=axis(DOWN))], "'odd' must have increasing values"),
        ([fault(axes=axis((0, 1), start=2.0))], r"'odd' must start within \[0, 1\], got 2"),
        ([fault(axes=axis((0, 1), labels=("a",)))], "and a label for each"),
        ([fault(axes=axis(np.linspace(0, 1, 5_000_000)))], "5,000,000 states"),
        ([fault(moves=lambda self, at: (Drift("nowhere", 0.0, 0.1),))], "moves the axis 'nowhere'"),
        ([fault(flow=lambda self, at: {"attacker": np.nan})], "flow of the attacker must be a number"),
        ([fault(flow=lambda self, at: {"bystander": 0.1})], "names the role 'bystander'; there are attacker"),
        ([Line(), fault(flow=lambda self, at: {"attacker": np.zeros(7)})], "broadcast over the grid"),
        ([fault(moves=lambda self, at: (Exit("end", -0.1, {}),))], r"'end' hazard must be a number in \[0, inf\]"),
        ([fault(moves=lambda self, at: (Exit("end", 0.1, {"attacker": np.inf}),))], "value of the attacker"),
        ([Line(), fault(moves=lambda self, at: (Succession("territory", "attacker", 0.1, 0.0),))], "two points"),
        ([Line(), fault(moves=lambda self, at: (Jump("territory", np.ones(3)),))], "that sum to 1"),
        ([fault(axes=axis((0, 1), labels=("a", "b")), moves=lambda self, at: (Drift("odd", 0.0, 0.1),))], "Jump"),
        ([fault(recognition=lambda self, at: {"attacker": 0.1})], "mechanisms.odd and mechanisms.channel"),
        ([Channel(), fault(peace=lambda self, at, p, t: Peace(breakdown=-1.0))], "breakdown must be a number in"),
        ([Leader(), fault(peace=lambda self, at, p, t: Peace(removal={"attacker": Removal(0.0, 0.0)}))], "another"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_game_is_refused_in_a_sentence(mechanisms, message):
    with pytest.raises(GameError, match=message):
        build(war(*mechanisms))


def test_talks_are_needed_and_cannot_be_more_than_certain():
    scenario = war(Line())
    with pytest.raises(GameError, match=r"Add mechanisms\.channel"):
        build(scenario.model_copy(update={"mechanisms": {"territory": Line()}}))
    crowd = fault(name="crowd", recognition=lambda self, at: {"attacker": 0.6, "defender": 0.6})
    with pytest.raises(GameError, match=r"add up to 1.2 in posture 'stand back'"):
        build(scenario.model_copy(update={"mechanisms": {"crowd": crowd}}))


def test_a_fault_that_a_mechanism_finds_in_itself_names_the_mechanism():
    def flow(self, at):
        raise ValueError("by_mood has 2 entries, but there are 3 regimes.")

    with pytest.raises(GameError, match=r"mechanisms.odd: by_mood has 2 entries"):
        build(war(fault(flow=flow)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"efforts": (1.0, 0.5)}, r"actors.attacker.efforts must be increasing levels in \[0, 1\], got \[1.0, 0.5\]"),
        ({"discount_yearly": 0.0}, "actors.attacker.discount_yearly must be above 0"),
    ],
)
def test_actors_that_cannot_choose_are_refused(changes, message):
    actors = Actors(attacker=Actor(name="A", **changes), defender=Actor(name="D"))
    with pytest.raises(GameError, match=message):
        build(war(actors=actors))


def test_a_horizon_of_no_periods_is_refused():
    with pytest.raises(GameError, match="horizon must be at least 1"):
        build(war(), horizon=0)


def test_packages_written_out_pay_their_extra():
    spec = PackageSpec(name="swap", terms=0.4, extra={"defender": 0.05})
    tables = build(war(agenda=Agenda(packages=(spec,)))).tables
    assert tables.pool[tables.peace_fixed[0, 0, 1]] == pytest.approx([0.65], abs=1e-15)


def test_posture_menu_without_a_patron_is_ignored():
    menu = fault(name="menu", postures=lambda self: ("stand back", "court attacker"))
    assert build(war(menu)).postures == ("stand back",)
    assert build(war(menu, patron=True)).postures == ("stand back", "court attacker")


def test_agenda_of_the_war_is_the_one_given():
    game = build(war(agenda=Agenda(grid=AgendaGrid(terms=(0.1, 0.9)))))
    assert game.terms.ravel().tolist() == [0.1, 0.9]
