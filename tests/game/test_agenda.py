"""Packages and terms."""

import numpy as np
import pytest

from ripeness.game.agenda import packages, terms_of
from ripeness.game.errors import GameError
from ripeness.mechanisms.base import Package
from ripeness.scenario.schema import Agenda, AgendaGrid, PackageSpec


def test_grid_packages_are_named_by_their_terms_and_guarantees():
    agenda = Agenda(grid=AgendaGrid(shifts=(-0.02, 0.0, 0.02), terms=(0.3,), guarantees=(0.0, 0.5)))
    names = [p.name for p in packages(agenda)]
    assert names[:3] == ["line -0.02, guarantees 0", "line -0.02, guarantees 0.5", "line, guarantees 0"]
    assert names[4:] == [
        "line +0.02, guarantees 0", "line +0.02, guarantees 0.5",
        "terms 0.3, guarantees 0", "terms 0.3, guarantees 0.5",
    ]  # fmt: skip


def test_guarantees_are_not_named_where_there_are_none():
    assert [p.name for p in packages(Agenda(grid=AgendaGrid(shifts=(0.0,))))] == ["line"]


def test_written_packages_keep_what_they_say():
    spec = PackageSpec(name="swap", terms="line", shift=0.1, guarantees=0.4, extra={"patron": 0.2})
    assert packages(Agenda(packages=(spec,))) == (Package("swap", None, 0.1, 0.4, {"patron": 0.2}),)


def test_terms_follow_the_line_and_are_cut_to_the_prize():
    line = np.array([0.0, 0.4, 1.0])
    assert terms_of(Package("p", None, -0.1), line).tolist() == pytest.approx([0.0, 0.3, 0.9])
    assert terms_of(Package("p", 0.95, 0.1), line) == 1.0


@pytest.mark.parametrize(
    ("agenda", "message"),
    [
        (Agenda(), "agenda is empty"),
        (Agenda(grid=AgendaGrid(shifts=(0.0, 0.0))), "more than one package called 'line'"),
    ],
)
def test_an_agenda_that_cannot_be_bargained_over_is_refused(agenda, message):
    with pytest.raises(GameError, match=message):
        packages(agenda)
