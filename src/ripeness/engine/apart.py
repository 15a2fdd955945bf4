"""What the compiler is told: not to copy a function into its callers, that its arrays do not overlap, not to jump.

It would copy the choice of a side with types into every place that calls it, over and over in every loop, and take
minutes for it. A function that calls one of these, first thing, is compiled once and called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba as nb
from llvmlite import ir
from numba import types

from ripeness.engine.exponential import FASTMATH
from ripeness.engine.vectors import typed_intrinsic

_Function = TypeVar("_Function", bound=Callable[..., Any])
_INNER: dict[str, Any] = {
    "nogil": True, "cache": True, "error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True,
}  # fmt: skip
_UNCOUNTED: dict[str, Any] = {**_INNER, "_nrt": False}


def inner(function: _Function) -> _Function:
    """`njit` for what only compiled code calls: the wrappers for calls from Python are not compiled.

    Nor are references to arrays counted, which takes longer than the work where a function hands on dozens of short
    ones. Arrays belong to whoever called first; a function that makes some of its own cannot be compiled so.
    """
    compiled: _Function = nb.njit(fastmath=FASTMATH, **_UNCOUNTED)(function)
    return compiled


def spread(function: _Function) -> _Function:
    """`inner` that becomes a part of its callers: for what returns an array, or is called with a constant."""
    compiled: _Function = nb.njit(inline="always", **_INNER)(function)
    return compiled


def inner_exact(function: _Function) -> _Function:
    """`inner`, with the arithmetic as it is written."""
    compiled: _Function = nb.njit(**_INNER)(function)
    return compiled


@typed_intrinsic
def apart(typingctx: Any) -> Any:
    """Mark the compiled function in which this is called as one that is not to be copied into its callers."""

    def mark(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.none(), mark


@typed_intrinsic
def small(typingctx: Any) -> Any:
    """`apart`, and compiled for size: for functions that are called rarely."""

    def mark(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        for attribute in ("noinline", "optsize", "minsize"):
            builder.function.attributes.add(attribute)
        return context.get_dummy_value()

    return types.none(), mark


@typed_intrinsic
def distinct(typingctx: Any) -> Any:
    """`apart`, and a promise that the arrays given do not overlap where one of them is written.

    Without it the compiler checks every pair of arrays before a loop, and gives up vector instructions where there are
    more than a few. Arrays of bytes and truth values are left out.
    """

    def mark(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.function.attributes.add("noinline")
        for argument in builder.function.args[2:]:  # after the place of the result and of an exception
            if isinstance(argument.type, ir.PointerType) and argument.type.pointee != ir.IntType(8):
                argument.add_attribute("noalias")
        return context.get_dummy_value()

    return types.none(), mark


@typed_intrinsic
def either(typingctx: Any, condition: Any, yes: Any, no: Any) -> Any:
    """`yes if condition else no` of two numbers that are both there, without a jump.

    The compiler turns a conditional expression that leaves an element of an array as it is into a masked store, which
    some processors take ten times as long for.
    """

    def choose(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.select(*arguments)

    return yes(types.boolean, yes, yes), choose
