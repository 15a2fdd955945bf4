"""Balance of forces: the ratio of what the two sides can put into the field.

The state is b = (F_A - F_D) / (F_A + F_D) for forces F. It closes its distance, at a yearly rate, to the balance of the
strengths that each side can sustain:

    S_A = attacker_mobilisation (1 - strain_effect strain) / (1 + attacker_wear e_A + fire e_D)
    S_D = defender_mobilisation (1 - morale_effect (1 - morale)) (1 - aid_share + aid_share support)
          / (1 + defender_wear e_D + fire e_A)
    target = (S_A - S_D) / (S_A + S_D)
    drift  = reversion (target - b)

S is the stationary point of F' = mobilisation - losses F, with losses that rise with one's own effort (wear) and with
the other's (fire). Full aid, full morale and no strain are the levels at which the effects vanish; they are also what
is read where an axis is missing from the game.

Source: ratio form of the contest, Tullock (1980) and Hirshleifer (1989), Public Choice 63:101-112; losses linear in
forces, Lanchester (1916).
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import model_validator

from ripeness.mechanisms.axes import check_start, even_axis, points_field, relaxation
from ripeness.mechanisms.base import Array, Axis, Drift, GridSize, Mechanism, Move, Setting
from ripeness.scenario.quantity import Quantity, quantity


class Balance(Mechanism):
    """Balance of forces on the axis "balance", from -reach to reach; + favours A."""

    name: ClassVar[str] = "balance"
    order: ClassVar[int] = 20

    start: Quantity = quantity(
        0.1, unit="(F_A - F_D) / (F_A + F_D)", low=-1.0, high=1.0, range=(-0.2, 0.4),
        meaning="Balance of forces at the start; 0.2 is a ratio of 3 to 2.",
    )  # fmt: skip
    reach: Quantity = quantity(
        0.6, unit="(F_A - F_D) / (F_A + F_D)", low=0.01, high=1.0, range=(0.4, 1.0), grid=True,
        meaning="Greatest imbalance considered; the axis runs from -reach to reach. 0.6 is a ratio of 4 to 1.",
    )  # fmt: skip
    points: int = points_field(7, "Points of the axis.")
    reversion: Quantity = quantity(
        0.4, unit="per year", low=0.0, high=50.0, range=(0.1, 1.0),
        meaning="Rate at which the balance approaches what both sides can sustain.",
    )  # fmt: skip
    grain: Quantity = quantity(
        0.3, unit="(F_A - F_D) / (F_A + F_D)", low=0.0, high=2.0, range=(0.1, 0.4), grid=True,
        meaning="Size of one shift; the larger, the noisier. At least the distance of the grid points.",
    )  # fmt: skip
    attacker_mobilisation: Quantity = quantity(
        1.0, unit="strength relative to D's", low=0.01, high=100.0, range=(0.5, 2.0),
        meaning="Strength that A's men and industry sustain before strain and losses.",
    )  # fmt: skip
    defender_mobilisation: Quantity = quantity(
        1.0, unit="strength relative to A's", low=0.01, high=100.0, range=(0.5, 2.0),
        meaning="Strength that D's men and industry sustain with full aid and morale, before losses.",
    )  # fmt: skip
    attacker_wear: Quantity = quantity(
        0.3, unit="loss rate relative to the standing one", low=0.0, high=10.0, range=(0.1, 0.6),
        meaning="Losses that A's own full effort adds: attacking wears down the attacker.",
    )  # fmt: skip
    defender_wear: Quantity = quantity(
        0.15, unit="loss rate relative to the standing one", low=0.0, high=10.0, range=(0.0, 0.4),
        meaning="Losses that D's own full effort adds.",
    )  # fmt: skip
    fire: Quantity = quantity(
        0.2, unit="loss rate relative to the standing one", low=0.0, high=10.0, range=(0.0, 0.5),
        meaning="Losses that a side's full effort inflicts on the other.",
    )  # fmt: skip
    strain_effect: Quantity = quantity(
        0.4, unit="fraction of strength", low=0.0, high=0.99, range=(0.1, 0.7),
        meaning="Fraction of A's strength lost at full strain.",
    )  # fmt: skip
    morale_effect: Quantity = quantity(
        0.5, unit="fraction of strength", low=0.0, high=0.99, range=(0.1, 0.8),
        meaning="Fraction of D's strength lost when its home front has given up.",
    )  # fmt: skip
    aid_share: Quantity = quantity(
        0.5, unit="fraction of strength", low=0.0, high=0.99, range=(0.3, 0.7),
        meaning="Fraction of D's strength that rests on aid which meets its need.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _start_on_axis(self) -> Balance:
        check_start(self.name, -self.reach, self.start, self.reach)
        return self

    def axes(self, grid: GridSize) -> tuple[Axis, ...]:
        """The balance of forces."""
        return (
            even_axis(
                "balance", -self.reach, self.reach, self.start, self.points, grid,
                unit="(F_A - F_D) / (F_A + F_D)", meaning="balance of forces, + favours the attacker",
            ),
        )  # fmt: skip

    def target(self, at: Setting) -> Array | float:
        """Balance of the strengths that both sides can sustain at the current effort, in (-1, 1)."""
        effort_a, effort_d = at.effort
        attacker = (
            self.attacker_mobilisation
            * (1.0 - self.strain_effect * at.level("strain", 0.0))
            / (1.0 + self.attacker_wear * effort_a + self.fire * effort_d)
        )
        defender = (
            self.defender_mobilisation
            * (1.0 - self.morale_effect * (1.0 - at.level("morale", 1.0)))
            * (1.0 - self.aid_share + self.aid_share * np.maximum(at.level("support", 1.0), 0.0))
            / (1.0 + self.defender_wear * effort_d + self.fire * effort_a)
        )
        return (attacker - defender) / (attacker + defender)

    def moves(self, at: Setting) -> tuple[Move, ...]:
        """The balance relaxes towards its target."""
        balance = at.levels["balance"]
        if balance.size == 1:
            return ()
        drift, spread = relaxation(
            balance, -self.reach, self.reach, target=self.target(at), rate=self.reversion, grain=self.grain
        )
        return (Drift("balance", drift, spread),)
