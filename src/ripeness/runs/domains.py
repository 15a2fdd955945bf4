"""From other programs' negotiation domains to a plan file, and from a plan file to such a domain."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from ripeness.deals.plan_reading import load_plan, parse_plan
from ripeness.deals.plan_writing import plan_text
from ripeness.interop.domain_files import read_domain
from ripeness.interop.domain_writing import Form, scenario_files
from ripeness.interop.domains import ReservationReading, UtilityReading
from ripeness.interop.errors import ExportError
from ripeness.interop.plans import domain_of, plan_data, rounding
from ripeness.runs.folder import whole_or_absent, write_file


@dataclass(frozen=True)
class Imported:
    """A plan file that was written.

    Attributes:
        rounding: most by which a package's worth differs from its utility, in the domain's unit.
        notes: what was decided, in sentences.
    """

    path: Path
    name: str
    parties: tuple[str, ...]
    points: int
    rounding: float
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        return {**self.__dict__, "path": str(self.path), "parties": list(self.parties), "notes": list(self.notes)}

    def sentence(self) -> str:
        """The result in one line."""
        points = f"{self.points} point{'' if self.points == 1 else 's'}"
        return f"Wrote {self.path}: {points}, parties {', '.join(self.parties)}."


@dataclass(frozen=True)
class ScenarioFolder:
    """A NegMAS scenario folder that was written."""

    path: Path
    files: tuple[str, ...]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        return {"path": str(self.path), "files": list(self.files), "notes": list(self.notes)}

    def sentence(self) -> str:
        """The result in one line."""
        return f"Wrote {self.path}: {', '.join(self.files)}."


def import_domain(
    sources: Sequence[str | PathLike[str]],
    out: str | PathLike[str] | None = None,
    *,
    utility: UtilityReading = "genius",
    reservation: ReservationReading = "written",
    levels: int | None = None,
    scale: float = 1.0,
) -> Imported:
    """Write a domain of GENIUS, GeniusWeb or NegMAS with its profiles as a plan file, whole or not at all.

    Args:
        sources: a folder, or the files.
        out: file to write, which must not be there; None: the domain's name with the ending .yaml.
        utility, reservation, levels, scale: as in `read_domain` and `plan_data`.

    Raises:
        ScenarioError: with every fault of the files.
        ExportError: the domain is larger than a plan may be, or the file cannot be written there.
    """
    domain = read_domain(sources, utility=utility, levels=levels)
    data = plan_data(domain, reservation=reservation, scale=scale)
    text = plan_text(data)
    target = Path(f"{data['name']}.yaml" if out is None else out)
    plan = parse_plan(text, str(target))  # what is written can be read
    if target.exists() or not target.parent.is_dir():
        found = f"{target}, which is there already" if target.exists() else f"{target}, in a folder that does not exist"
        raise ExportError([f"out: found {found}; allowed: a new file in a folder that exists."])
    write_file(target, text.encode("utf-8"))
    return Imported(
        path=target, name=plan.name, parties=tuple(plan.parties), points=len(plan.points),
        rounding=rounding(domain, scale), notes=domain.notes,
    )  # fmt: skip


def export_negmas(
    source: str | PathLike[str],
    out: str | PathLike[str] | None = None,
    *,
    form: Form = "yml",
    parties: Sequence[str] | None = None,
    without_conditions: bool = False,
) -> ScenarioFolder:
    """Write a plan as a NegMAS scenario folder, whole or not at all.

    Args:
        source: a plan file.
        out: folder to write, which must not be there; None: the plan's name.
        form: the files' format.
        parties, without_conditions: as in `domain_of`.

    Raises:
        ScenarioError: with every fault of the plan.
        ExportError: all that stands in the way.
    """
    plan = load_plan(source)
    faults: list[str] = []
    target = Path(plan.name if out is None else out)
    if target.exists():
        faults.append(f"out: found {target}, which is there already; allowed: a new folder.")
    domain = None
    try:
        domain = domain_of(plan, parties, without_conditions=without_conditions)
    except ExportError as error:
        faults += error.faults
    if domain is None or faults:
        raise ExportError(faults)
    files = scenario_files(domain, form)
    key = hashlib.sha256(b"".join(files.values())).hexdigest()
    with whole_or_absent(target, key) as aside:
        for name, content in files.items():
            (aside.path / name).write_bytes(content)
    return ScenarioFolder(target, tuple(files), domain.notes)
