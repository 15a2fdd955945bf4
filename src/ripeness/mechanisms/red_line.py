"""Red line: the least that a side can accept without breaking with what it has promised at home.

Terms are A's share of what is disputed. In peace, A loses where the terms fall short of its red line, and D where they
go beyond its own:

    u_A = - attacker_cost max(attacker - terms, 0),    u_D = - defender_cost max(terms - defender, 0).

Both red lines lie at the ends by default and bind nobody. A secret reservation of one side is a red line that differs
between its types (`beliefs`).

Source: reservation values as private information, Fearon (1995), Int. Organization 49:379-414; a cost of going back on
public positions, Fearon (1994), APSR 88:577-592.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ripeness.mechanisms.base import Array, Mechanism, Package, Peace, Setting
from ripeness.scenario.quantity import Quantity, quantity


class RedLine(Mechanism):
    """Least acceptable terms of both belligerents, and the cost of crossing them."""

    name: ClassVar[str] = "red_line"
    order: ClassVar[int] = 90

    attacker: Quantity = quantity(
        0.0, unit="share of what is disputed", low=0.0, high=1.0, range=(0.0, 0.5),
        meaning="Least terms that A can accept; at 0 it has no red line.",
    )  # fmt: skip
    attacker_cost: Quantity = quantity(
        1.0, unit="share of the prize, per share of terms", low=0.0, high=100.0, range=(0.2, 5.0),
        meaning="What A loses in peace for each share by which the terms fall short of its red line.",
    )  # fmt: skip
    defender: Quantity = quantity(
        1.0, unit="share of what is disputed", low=0.0, high=1.0, range=(0.0, 1.0),
        meaning="Most that A may get on terms that D can accept; at 1 D has no red line.",
    )  # fmt: skip
    defender_cost: Quantity = quantity(
        1.0, unit="share of the prize, per share of terms", low=0.0, high=100.0, range=(0.2, 5.0),
        meaning="What D loses in peace for each share by which the terms go beyond its red line.",
    )  # fmt: skip

    def peace(self, at: Setting, package: Package, terms: Array | float) -> Peace:
        """What crossing their red lines costs both sides."""
        short = np.maximum(self.attacker - np.asarray(terms, np.float64), 0.0)
        beyond = np.maximum(np.asarray(terms, np.float64) - self.defender, 0.0)
        return Peace({"attacker": -self.attacker_cost * short, "defender": -self.defender_cost * beyond})
