"""The only hot code: backward pass, exact forward pass and sampling of any finite bargaining game in `Tables`."""

from ripeness.engine.forward import Propagation, propagate
from ripeness.engine.gradient import Gradient, gradient
from ripeness.engine.sampling import FROZEN, SETTLED, Samples, sample
from ripeness.engine.solution import MemoryLimitError, Solution, decisions, memory_needed, solve
from ripeness.engine.stage import Decisions

__all__ = [
    "FROZEN", "SETTLED", "Decisions", "Gradient", "MemoryLimitError", "Propagation", "Samples", "Solution", "decisions",
    "gradient", "memory_needed", "propagate", "sample", "solve",
]  # fmt: skip
