"""Weariness: supporters tire of a long war, faster the less they see move, and recover when they rest."""

from typing import ClassVar

import numpy as np

from ripeness.mechanisms.base import Axis, Drift, Mechanism
from ripeness.scenario.quantity import Quantity, quantity


class Weariness(Mechanism):
    """A level from 0 to 1 that costs the defender sympathy."""

    name: ClassVar[str] = "weariness"
    order: ClassVar[int] = 45

    rate: Quantity = quantity(
        0.2,
        unit="per year",
        low=0.0,
        high=10.0,
        range=(0.05, 0.5),
        meaning="How fast supporters tire at an even balance.",
    )
    cost: Quantity = quantity(
        0.05,
        unit="share of the prize as a rate",
        low=0.0,
        high=1.0,
        range=(0.0, 0.2),
        meaning="Cost to D when worn out.",
    )

    def axes(self, grid):
        n = {"coarse": 4, "normal": 6, "fine": 9}[grid]
        return (Axis("weariness", np.linspace(0.0, 1.0, n), 0.2, "0 to 1", "how tired the supporters are"),)

    def flow(self, at):
        return {"defender": -self.cost * at.levels["weariness"]}

    def moves(self, at):
        tired = at.levels["weariness"]
        rate = self.rate * (1.0 - np.abs(at.level("balance", 0.0)))
        return (Drift("weariness", rate * (1.0 - tired), np.sqrt(0.4 * rate * (1.0 - tired))),)
