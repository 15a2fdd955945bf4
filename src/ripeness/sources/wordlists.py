"""Lists of words, kept in `data/words.toml` by the module that uses them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _lists() -> dict[str, dict[str, str]]:
    text = files("ripeness.sources").joinpath("data", "words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def word_set(module: str, name: str) -> frozenset[str]:
    """A list of words."""
    return frozenset(_lists()[module][name].split())
