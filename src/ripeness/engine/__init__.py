"""The only hot code: backward pass, exact forward pass and sampling of any finite bargaining game in `Tables`."""

from ripeness.engine.forward import propagate, propagate_types
from ripeness.engine.gradient import Gradient, gradient
from ripeness.engine.private.decisions import TypedDecisions
from ripeness.engine.private.forward import Passing, profile_weights, rows_of_profile
from ripeness.engine.private.stage import DECISIONS
from ripeness.engine.propagation import Propagation
from ripeness.engine.samples import FROZEN, SETTLED, Samples
from ripeness.engine.sampling import sample
from ripeness.engine.solution import (
    MemoryLimitError,
    Solution,
    decisions,
    decisions_of_types,
    memory_needed,
    solve,
)  # fmt: skip
from ripeness.engine.stage import Decisions, Outcomes

__all__ = [
    "DECISIONS", "FROZEN", "SETTLED", "Decisions", "Gradient", "MemoryLimitError", "Outcomes", "Passing", "Propagation",
    "Samples", "Solution", "TypedDecisions", "decisions", "decisions_of_types", "gradient", "memory_needed",
    "profile_weights", "propagate", "propagate_types", "rows_of_profile", "sample", "solve",
]  # fmt: skip
