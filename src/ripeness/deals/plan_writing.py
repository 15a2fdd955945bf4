"""A plan as the text of a file."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap


def plan_text(data: dict[str, Any]) -> str:
    """The YAML of a plan given as plain data, in the order of its keys; worths of an option stand in one line."""
    writer = YAML()
    writer.width = 100_000
    stream = io.StringIO()
    writer.dump(_laid_out(data), stream)
    return stream.getvalue()


def _laid_out(data: Any, in_line: bool = False) -> Any:
    if isinstance(data, dict):
        mapping = CommentedMap((key, _laid_out(value, in_line=key == "worth")) for key, value in data.items())
        if in_line:
            mapping.fa.set_flow_style()
        return mapping
    return [_laid_out(each) for each in data] if isinstance(data, list) else data
