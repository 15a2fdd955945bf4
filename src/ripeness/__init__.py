"""ripeness: a workbench for wars that are negotiated while they are fought.

    import ripeness as rp

    scenario = rp.load("ukraine-2025-12")         # a shipped case or a file
    solution = rp.solve(rp.build(scenario))       # the only equilibrium, by one backward pass
    outlook = rp.forecast(solution)               # exact distribution over when and how the war ends
    histories = rp.simulate(solution, 1000)       # single paths, for stories
    rp.run("ukraine-2025-12", out="outlook")      # all of it at once, in a folder with a report
    rp.deal("ukraine-2025-12", amend="text-28")   # who could sign which version of its plan

Names are imported when they are first used, so that `import ripeness` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ripeness.deals.plan import Plan
    from ripeness.deals.plan_reading import load_plan
    from ripeness.engine import Solution, decisions
    from ripeness.game import Game, build
    from ripeness.mechanisms.base import Mechanism
    from ripeness.questions import Histories, Outlook, forecast, simulate
    from ripeness.report import write_report
    from ripeness.report.deal_page import write_deal_page
    from ripeness.runs.comparison import Comparison, compare
    from ripeness.runs.dealing import deal
    from ripeness.runs.execute import Run, run
    from ripeness.runs.solving import solve
    from ripeness.runs.verification import verify
    from ripeness.scenario import Fault, Scenario, ScenarioError, cases, check, load
    from ripeness.scenario.quantity import Quantity

_ROOMS = {
    "Comparison": "ripeness.runs.comparison", "Fault": "ripeness.scenario", "Game": "ripeness.game",
    "Histories": "ripeness.questions", "Mechanism": "ripeness.mechanisms.base", "Outlook": "ripeness.questions",
    "Plan": "ripeness.deals.plan", "Quantity": "ripeness.scenario.quantity", "Run": "ripeness.runs.execute",
    "Scenario": "ripeness.scenario", "ScenarioError": "ripeness.scenario", "Solution": "ripeness.engine",
    "build": "ripeness.game", "cases": "ripeness.scenario", "check": "ripeness.scenario",
    "compare": "ripeness.runs.comparison", "deal": "ripeness.runs.dealing", "decisions": "ripeness.engine",
    "forecast": "ripeness.questions", "load": "ripeness.scenario", "load_plan": "ripeness.deals.plan_reading",
    "run": "ripeness.runs.execute", "simulate": "ripeness.questions", "solve": "ripeness.runs.solving",
    "verify": "ripeness.runs.verification", "write_deal_page": "ripeness.report.deal_page",
    "write_report": "ripeness.report",
}  # fmt: skip

__all__ = [
    "Comparison", "Fault", "Game", "Histories", "Mechanism", "Outlook", "Plan", "Quantity", "Run", "Scenario",
    "ScenarioError", "Solution", "build", "cases", "check", "compare", "deal", "decisions", "forecast", "load",
    "load_plan", "run", "simulate", "solve", "verify", "write_deal_page", "write_report",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("ripeness")
    if name not in _ROOMS:
        raise AttributeError(f"module 'ripeness' has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
