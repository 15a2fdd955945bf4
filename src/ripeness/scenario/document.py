"""A text that citations refer to."""

from __future__ import annotations

from pydantic import Field

from ripeness.scenario.section import Section


class Document(Section):
    """A text that citations refer to. The text itself is never stored."""

    id: str = Field(pattern="^[a-z0-9][a-z0-9_-]*$", description="Name by which citations refer to it.")
    title: str = Field(min_length=1, max_length=500, description="Title or description.")
    published: str | None = Field(
        default=None,
        pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$",
        description="Date of publication: 'YYYY' (in quotes), YYYY-MM or YYYY-MM-DD.",
    )
    source: str | None = Field(default=None, description="Publisher, address or archive.")
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$", description="SHA-256 of the file as supplied.")
