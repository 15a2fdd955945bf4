"""Sums that stand as text in a case, such as "0.3+0.2s-0.06eA"."""

from __future__ import annotations

import re
from typing import Any


def linear(text: str) -> dict[str, float]:
    """Coefficients of a sum such as "0.3+0.2s-0.06eA"; the constant stands under ""."""
    terms = re.findall(r"([+-]?)\s*([\d.]*)\s*\*?\s*([A-Za-z]\w*)?", text.replace(" ", ""))
    out: dict[str, float] = {}
    for sign, size, name in terms:
        if size or name:
            out[name] = out.get(name, 0.0) + float(f"{sign}{size or 1}")
    return out


def evaluate(coefficients: dict[str, float], **at: Any) -> Any:
    """Value of such a sum where its names have values."""
    return sum(value * at[name] if name else value for name, value in coefficients.items())
