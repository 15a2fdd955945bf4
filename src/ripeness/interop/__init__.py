"""Small games in the formats of other programs, so that their solvers can check ours and their users can go on."""

from ripeness.interop.efg import to_efg
from ripeness.interop.unrolling import NotExportable, unroll

__all__ = ["NotExportable", "to_efg", "unroll"]
