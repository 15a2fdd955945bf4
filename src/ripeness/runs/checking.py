"""All faults of a scenario: of the file, of the game that it makes, and of its quotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ripeness.game import GameError, build
from ripeness.scenario import Fault, Scenario, ScenarioError, load
from ripeness.scenario.citations import cited, verify_citations


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Attributes:
        file: as the user named it.
        faults: every one of them.
        verified: citations that were compared with a document and still stand.
        unverified: citations whose document was not supplied, or that carry no hash.
    """

    file: str
    faults: tuple[Fault, ...]
    verified: int
    unverified: int

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        return {
            "file": self.file,
            "ok": not self.faults,
            "faults": [fault.as_dict() for fault in self.faults],
            "citations": {"verified": self.verified, "not_verified": self.unverified},
        }

    def sentence(self) -> str:
        """The result in one line."""
        if self.faults:
            return f"{len(self.faults)} fault{'' if len(self.faults) == 1 else 's'}"
        said = f"{self.file} can be used."
        if self.verified + self.unverified:
            said += f" Citations verified: {self.verified}; not verified: {self.unverified}"
            said += ", supply their documents with --document id=PATH." if self.unverified else "."
        return said


def _split(scenario: Scenario, documents: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Sentences of documents of any kind; those of one sentence a line are read as ever."""
    if not documents:
        return {}
    from ripeness.sources.quoting import read_apart

    return read_apart(scenario, {name: path for name, path in documents.items() if Path(path).is_file()})


def check_all(source: str | Path, sets: Sequence[str] = (), documents: Mapping[str, str] | None = None) -> Checked:
    """Every fault of a scenario, of the game that it makes, and of its quotations from the documents supplied.

    Args:
        documents: files by the identifiers that the scenario uses.
    """
    file, supplied = str(source), dict(documents or {})
    try:
        scenario = load(source, sets)
    except ScenarioError as error:
        return Checked(file, error.faults, 0, 0)
    faults = list(verify_citations(scenario, supplied, _split(scenario, supplied)))
    try:
        build(scenario)
    except GameError as error:
        faults.append(Fault(file, 1, 1, "", str(error), "a scenario that makes a game"))
    broken = {fault.path for fault in faults}
    judged = [
        citation.document in supplied and citation.sha256 is not None and f"{path}.cites" not in broken
        for path, citation in cited(scenario)
    ]
    return Checked(file, tuple(faults), sum(judged), len(judged) - sum(judged))
