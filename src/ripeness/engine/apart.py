"""Keeps large compiled functions out of their callers.

The compiler would copy the choice of a side with types into every place that calls it, over and over in every loop, and
take minutes for it. A function that calls `apart()` is compiled once and called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import types
from numba.extending import intrinsic


def _intrinsic(function: Callable[..., Any]) -> Any:
    """`numba.extending.intrinsic`, typed: the first parameter, the typing context, is not one of the caller's."""
    return intrinsic(function)


@_intrinsic
def apart(typingctx: Any) -> Any:
    """Mark the compiled function in which this is called as one that is not to be copied into its callers."""

    def mark(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.none(), mark


@_intrinsic
def small(typingctx: Any) -> Any:
    """`apart`, and compiled for size: for functions that are called rarely."""

    def mark(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        for attribute in ("noinline", "optsize", "minsize"):
            builder.function.attributes.add(attribute)
        return context.get_dummy_value()

    return types.none(), mark
