"""Short vectors as numbers of compiled code: one operation works on `LANES` states at once.

A loop over lanes is turned into vector instructions by the compiler if it can prove that its arrays do not overlap;
where a loop has many arrays and few lanes, the checks take as long as the work. Here the vector is the number: `load`
takes it from an array, `+ - * /`, `max`, `min` and `exponential` work on it, `store` puts it back, and what is needed
again stays in registers. Any processor will do: the compiler splits a vector into what it has. For compiled code only.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, register_model
from numba.np.arrayobj import make_array

LANES = 32
"""States per vector: enough that what they share costs little, few enough that a vector stays in registers."""


class VectorType(types.Type):
    """`LANES` numbers of a floating type."""

    def __init__(self, element: Any) -> None:
        self.element = element
        super().__init__(name=f"vector({element}, {LANES})")


@register_model(VectorType)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: VectorType) -> None:
        super().__init__(manager, kind, _vector(kind))


def _vector(kind: VectorType) -> Any:
    """The type of the compiler for a vector."""
    return ir.VectorType(ir.FloatType() if kind.element == types.float32 else ir.DoubleType(), LANES)


def typed_intrinsic(function: Callable[..., Any]) -> Any:
    """`numba.extending.intrinsic`, typed: the first parameter, the typing context, is not one of the caller's."""
    return intrinsic(function)


def _spread(builder: Any, kind: VectorType, scalar: Any) -> Any:
    """A vector with the same number in every lane."""
    first = builder.insert_element(ir.Constant(_vector(kind), ir.Undefined), scalar, ir.Constant(ir.IntType(32), 0))
    same = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(first, first, same)


def _kind_of(*arguments: Any) -> VectorType | None:
    """The vector among the arguments of an operation; None where there is none, or something that is no number."""
    kinds = [each for each in arguments if isinstance(each, VectorType)]
    fits = all(isinstance(each, VectorType | types.Float | types.Integer) for each in arguments)
    return kinds[0] if kinds and fits and len(set(kinds)) == 1 else None


def _widened(context: Any, builder: Any, sig: Any, args: Any) -> list[Any]:
    """The arguments of an operation, numbers spread over the lanes."""
    kind = sig.return_type
    return [
        arg if each == kind else _spread(builder, kind, context.cast(builder, arg, each, kind.element))
        for each, arg in zip(sig.args, args, strict=True)
    ]


def _larger(builder: Any, x: Any, y: Any) -> Any:
    return builder.select(builder.fcmp_ordered(">", x, y), x, y)


def _smaller(builder: Any, x: Any, y: Any) -> Any:
    return builder.select(builder.fcmp_ordered("<", x, y), x, y)


def _offer_operation(function: Callable[..., Any], emit: Callable[..., Any]) -> None:
    """Make an operator or function of Python work on vectors, and on a vector and a number."""

    @infer_global(function)
    class _Operation(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            kind = _kind_of(*args)
            return None if kind is None or len(args) != 2 else signature(kind, *args)

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return emit(builder, *_widened(context, builder, sig, args))

    for kinds in ((VectorType, VectorType), (VectorType, types.Number), (types.Number, VectorType)):
        lower_builtin(function, *kinds)(lower)


for _functions, _emit in (
    ((operator.add, operator.iadd), ir.IRBuilder.fadd),
    ((operator.sub, operator.isub), ir.IRBuilder.fsub),
    ((operator.mul, operator.imul), ir.IRBuilder.fmul),
    ((operator.truediv, operator.itruediv), ir.IRBuilder.fdiv),
    ((max,), _larger),
    ((min,), _smaller),
):
    for _function in _functions:
        _offer_operation(_function, _emit)


@typed_intrinsic
def power_of_two(typingctx: Any, shifted: Any) -> Any:
    """2**n of a number or vector: `shifted` is n + 1.5 * 2**23 (float32) or n + 1.5 * 2**52, its low bits are n."""
    kind = shifted if isinstance(shifted, VectorType) else None
    single = (kind.element if kind else shifted) == types.float32
    size, mantissa, one = (32, 23, 0x3F800000) if single else (64, 52, 0x3FF0000000000000)
    whole: Any = ir.IntType(size)

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        wide = ir.VectorType(whole, LANES) if kind else whole
        by, zeroth = (ir.Constant(wide, [n] * LANES if kind else n) for n in (mantissa, one))
        bits = builder.shl(builder.bitcast(args[0], wide), by)
        return builder.bitcast(builder.add(bits, zeroth), args[0].type)

    return shifted(shifted), emit


@typed_intrinsic
def any_above(typingctx: Any, x: Any, limit: Any, count: Any) -> Any:
    """Whether one of the first `count` lanes, from 1 to `LANES`, is greater than a number."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind, number, whole = sig.args
        bound = _spread(builder, kind, context.cast(builder, args[1], number, kind.element))
        bits = ir.IntType(LANES)
        above = builder.zext(builder.bitcast(builder.fcmp_ordered(">", args[0], bound), bits), ir.IntType(64))
        lanes = context.cast(builder, args[2], whole, types.uint64)
        one = ir.Constant(lanes.type, 1)
        first = builder.sub(builder.shl(one, lanes), one)
        return builder.icmp_unsigned("!=", builder.and_(above, first), ir.Constant(lanes.type, 0))

    return types.boolean(x, limit, count), emit


@typed_intrinsic
def splat(typingctx: Any, number: Any) -> Any:
    """A vector with the same number in every lane."""
    kind = VectorType(number)
    return kind(number), lambda context, builder, sig, args: _spread(builder, sig.return_type, args[0])


def _place(context: Any, builder: Any, array_type: Any, array: Any, index_type: Any, index: Any) -> Any:
    """Pointer to the vector that begins at an index of a contiguous array."""
    kind = VectorType(array_type.dtype)
    indices = [
        context.cast(builder, each, of, types.intp)
        for each, of in zip(cgutils.unpack_tuple(builder, index), index_type, strict=True)
    ]
    found = make_array(array_type)(context, builder, array)
    element = cgutils.get_item_pointer(
        context, builder, array_type, found, indices, wraparound=False, boundscheck=False
    )
    return builder.bitcast(element, _vector(kind).as_pointer())


def _checked(array: Any, index: Any) -> VectorType:
    if array.layout != "C" or array.ndim != len(index):
        raise TypeError(f"vectors are read from contiguous arrays, at an index for each axis, got {array} at {index}")
    return VectorType(array.dtype)


@typed_intrinsic
def load(typingctx: Any, array: Any, index: Any) -> Any:
    """The vector that begins at an index (a tuple, one number for each axis) and runs along the last axis.

    The memory must reach that far: nothing is checked.
    """

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = _place(context, builder, sig.args[0], args[0], sig.args[1], args[1])
        return builder.load(place, align=sig.args[0].dtype.bitwidth // 8)

    return _checked(array, index)(array, index), emit


@typed_intrinsic
def store(typingctx: Any, array: Any, index: Any, vector: Any) -> Any:
    """Put a vector where `load` would read it; nothing is checked."""
    if _checked(array, index) != vector:
        raise TypeError(f"{vector} does not fit into {array}")

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = _place(context, builder, sig.args[0], args[0], sig.args[1], args[1])
        builder.store(args[2], place, align=sig.args[0].dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, index, vector), emit


@typed_intrinsic
def store_first(typingctx: Any, array: Any, index: Any, vector: Any, count: Any) -> Any:
    """Put the first `count` lanes of a vector, from 1 to `LANES`, where `load` would read them; no more is touched."""
    if _checked(array, index) != vector:
        raise TypeError(f"{vector} does not fit into {array}")

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        size = sig.args[0].dtype.bitwidth // 8
        place = _place(context, builder, sig.args[0], args[0], sig.args[1], args[1])
        lanes = context.cast(builder, args[3], sig.args[3], types.intp)
        whole = builder.icmp_signed("==", lanes, ir.Constant(lanes.type, LANES))
        with builder.if_else(whole) as (all_of_them, some):
            with all_of_them:
                builder.store(args[2], place, align=size)
            with some:
                kept = cgutils.alloca_once_value(builder, args[2])
                element = args[2].type.element.as_pointer()
                source, target = builder.bitcast(kept, element), builder.bitcast(place, element)
                with cgutils.for_range(builder, lanes) as loop:
                    builder.store(builder.load(builder.gep(source, [loop.index])), builder.gep(target, [loop.index]))
        return context.get_dummy_value()

    return types.void(array, index, vector, count), emit
