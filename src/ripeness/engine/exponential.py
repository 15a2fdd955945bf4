"""Exponential and logarithms that the compiler can vectorise.

The library exponential is a call per number; the loops of the engine spend most of their time in it. This one is range
reduction x = n ln 2 + r with |r| <= ln(2)/2 and a polynomial in r, all in plain arithmetic, so that one instruction
serves a whole vector of states. Relative error: 1e-7 in float32, 4e-16 in float64. Arguments are cut at +-87 (float32)
and +-708 (float64), beyond which a probability is zero or one to working precision.

Logarithms are ln m = 2 artanh((m - 1) / (m + 1)) by its series, whose argument is at most 1/3: m is the mantissa of x
for ln x, and (1 + y) / (1 + x) for the difference of two ln(1 + .).

Source: Cody & Waite (1980), Software Manual for the Elementary Functions, ch. 6; float32 coefficients: Cephes expf.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import overload

from ripeness.engine.vectors import VectorType, power_of_two, typed_intrinsic

# Everything but reassociation and no-NaN: the rounding trick below depends on the order of additions.
FASTMATH = {"nsz", "arcp", "contract", "afn"}


@typed_intrinsic
def _bits_of_float32(typingctx: Any, x: Any) -> Any:
    return types.int32(types.float32), lambda context, builder, sig, args: builder.bitcast(args[0], ir.IntType(32))


@typed_intrinsic
def _float32_of_bits(typingctx: Any, i: Any) -> Any:
    return types.float32(types.int32), lambda context, builder, sig, args: builder.bitcast(args[0], ir.FloatType())


@typed_intrinsic
def _bits_of_float64(typingctx: Any, x: Any) -> Any:
    return types.int64(types.float64), lambda context, builder, sig, args: builder.bitcast(args[0], ir.IntType(64))


@typed_intrinsic
def _float64_of_bits(typingctx: Any, i: Any) -> Any:
    return types.float64(types.int64), lambda context, builder, sig, args: builder.bitcast(args[0], ir.DoubleType())


@nb.njit(fastmath=FASTMATH)
def _exp_float32(x: Any) -> Any:
    f = nb.float32
    x = min(max(x, f(-87.0)), f(87.0))
    shifted = x * f(1.44269504) + f(12582912.0)  # 1.5 * 2**23: the low bits now hold the nearest integer n
    n = shifted - f(12582912.0)
    r = (x - n * f(0.693359375)) + n * f(2.12194440e-4)  # ln 2 in two parts, the first exact times n
    p = f(1.9875691500e-4)
    p = p * r + f(1.3981999507e-3)
    p = p * r + f(8.3334519073e-3)
    p = p * r + f(4.1665795894e-2)
    p = p * r + f(1.6666665459e-1)
    p = p * r + f(5.0000001201e-1)
    p = p * r * r + r + f(1.0)
    return p * power_of_two(shifted)


@nb.njit(fastmath=FASTMATH)
def _exp_float64(x: Any) -> Any:
    x = min(max(x, -708.0), 708.0)
    shifted = x * 1.4426950408889634 + 6755399441055744.0  # 1.5 * 2**52
    n = shifted - 6755399441055744.0
    r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10
    p = 1.0 / 6227020800.0  # Taylor to r**13 / 13!: the next term is below 4e-18
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r * r + r + 1.0
    return p * power_of_two(shifted)


def exponential(x: Any) -> Any:
    """exp(x); inside compiled code the vectorisable one of its precision, of a number or a vector (`vectors.py`)."""
    return np.exp(x)


@overload(exponential)
def _exponential(x: Any) -> Any:
    def single(x: Any) -> Any:
        return _exp_float32(x)

    def double(x: Any) -> Any:
        return _exp_float64(x)

    element = x.element if isinstance(x, VectorType) else x
    return single if element == types.float32 else double


@nb.njit(fastmath=FASTMATH)
def _twice_artanh_float32(s: Any) -> Any:
    f = nb.float32
    q = s * s
    p = f(2.0 / 15.0)
    for n in (13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0):
        p = p * q + f(2.0 / n)
    return p * s


@nb.njit(fastmath=FASTMATH)
def _twice_artanh_float64(s: Any) -> Any:
    q = s * s
    p = 2.0 / 33.0  # the first term left out is below 2 (1/3)**35 / 35 = 1e-18
    for n in (31.0, 29.0, 27.0, 25.0, 23.0, 21.0, 19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0):
        p = p * q + 2.0 / n
    return p * s


@nb.njit(fastmath=FASTMATH)
def _log_float32(x: Any) -> Any:
    f, i = nb.float32, nb.int32
    bits = _bits_of_float32(x)
    exponent = f((bits >> i(23)) - i(127))
    m = _float32_of_bits(i((bits & i(0x7FFFFF)) | i(0x3F800000)))
    return exponent * f(0.69314718) + _twice_artanh_float32((m - f(1.0)) / (m + f(1.0)))


@nb.njit(fastmath=FASTMATH)
def _log_float64(x: Any) -> Any:
    i = nb.int64
    bits = _bits_of_float64(x)
    exponent = np.float64((bits >> i(52)) - i(1023))
    m = _float64_of_bits(i((bits & i(0xFFFFFFFFFFFFF)) | i(0x3FF0000000000000)))
    return exponent * 0.6931471805599453 + _twice_artanh_float64((m - 1.0) / (m + 1.0))


def logarithm(x: Any) -> Any:
    """ln(x) of a positive normal number; inside compiled code the vectorisable one of its precision."""
    return np.log(x)


@overload(logarithm)
def _logarithm(x: Any) -> Any:
    def single(x: Any) -> Any:
        return _log_float32(x)

    def double(x: Any) -> Any:
        return _log_float64(x)

    return single if x == types.float32 else double


@nb.njit(fastmath=FASTMATH)
def _log_ratio_float32(x: Any, y: Any) -> Any:
    return _twice_artanh_float32((y - x) / (nb.float32(2.0) + x + y))


@nb.njit(fastmath=FASTMATH)
def _log_ratio_float64(x: Any, y: Any) -> Any:
    return _twice_artanh_float64((y - x) / (2.0 + x + y))


def log_ratio(x: Any, y: Any) -> Any:
    """ln of (1 + y) / (1 + x) for numbers from 0 to 1, exact where they are close; compiled as `logarithm`."""
    return np.log1p(y) - np.log1p(x)


@overload(log_ratio)
def _log_ratio(x: Any, y: Any) -> Any:
    def single(x: Any, y: Any) -> Any:
        return _log_ratio_float32(x, y)

    def double(x: Any, y: Any) -> Any:
        return _log_ratio_float64(x, y)

    return single if x == types.float32 else double
