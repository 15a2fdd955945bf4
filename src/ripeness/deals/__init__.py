"""Plans and bargains: bargaining solutions on frontiers, finite lists, lotteries and transferable pies."""

from ripeness.deals.feasible import Frontier, NoAgreementError
from ripeness.deals.lotteries import (
    egalitarian_with_lotteries,
    kalai_smorodinsky_with_lotteries,
    nash_with_lotteries,
    utilitarian_with_lotteries,
)
from ripeness.deals.solutions import (
    efficient_packages,
    egalitarian_on_ellipsoid,
    egalitarian_on_frontier,
    egalitarian_package,
    egalitarian_split,
    kalai_smorodinsky_on_ellipsoid,
    kalai_smorodinsky_on_frontier,
    kalai_smorodinsky_package,
    kalai_smorodinsky_split,
    nash_on_ellipsoid,
    nash_on_frontier,
    nash_package,
    nash_split,
    utilitarian_on_ellipsoid,
    utilitarian_on_frontier,
    utilitarian_package,
)

__all__ = [
    "Frontier", "NoAgreementError", "efficient_packages", "egalitarian_on_ellipsoid", "egalitarian_on_frontier",
    "egalitarian_package", "egalitarian_split", "egalitarian_with_lotteries", "kalai_smorodinsky_on_ellipsoid",
    "kalai_smorodinsky_on_frontier", "kalai_smorodinsky_package", "kalai_smorodinsky_split",
    "kalai_smorodinsky_with_lotteries", "nash_on_ellipsoid", "nash_on_frontier", "nash_package", "nash_split",
    "nash_with_lotteries", "utilitarian_on_ellipsoid", "utilitarian_on_frontier", "utilitarian_package",
    "utilitarian_with_lotteries",
]  # fmt: skip
