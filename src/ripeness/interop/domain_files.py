"""Which file is what: a domain with its profiles from a folder or from files of GENIUS, GeniusWeb or NegMAS."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import Literal, NamedTuple

from ripeness.interop import genius, geniusweb, negmas
from ripeness.interop.domains import Domain, Findings, Issue, Profile, UtilityReading
from ripeness.interop.markup import Element, read_markup
from ripeness.interop.nodes import child, entries, read_nodes
from ripeness.scenario.faults import Fault, ScenarioError
from ripeness.scenario.loading import by_place
from ripeness.scenario.reading import Node

Format = Literal["NegMAS", "GENIUS", "GeniusWeb"]
FORMATS: tuple[Format, ...] = ("NegMAS", "GENIUS", "GeniusWeb")
"""In the order in which NegMAS looks for them in a folder."""

ENDINGS = (".xml", ".json", ".yml", ".yaml")
LEFT_OUT = ("pareto.xml", "specials.json")
"""Ends of the names of files that GENIUS and GeniusWeb lay beside a domain."""

ALLOWED = (
    "a domain and the profiles of two or more negotiators, of GENIUS (XML), GeniusWeb (JSON) or NegMAS (YAML, JSON)"
)


class _File(NamedTuple):
    """A file of a domain, with its root."""

    path: Path
    format: Format
    is_domain: bool
    root: Element | Node

    @property
    def name(self) -> str:
        return str(self.path)


def read_domain(
    sources: Sequence[str | PathLike[str]], *, utility: UtilityReading = "genius", levels: int | None = None
) -> Domain:
    """The domain and the profiles in a folder, or in files.

    Args:
        sources: one folder, of which files of other kinds are left out; or the files themselves.
        utility: how evaluations of GENIUS files count.
        levels: how many values of a range of numbers to keep, evenly spaced, at least two; None: all, where they fit.

    Raises:
        ScenarioError: with every fault of every file.
    """
    findings = Findings()
    files = _sorted_out(_files(sources, findings), findings, in_folder=len(sources) == 1 and Path(sources[0]).is_dir())
    named = ", ".join(fspath(each) for each in sources) or "nothing"
    domain, profiles = _chosen(files, named, findings)
    if domain is None:
        raise ScenarioError(_in_order(findings.faults))
    before = len(findings.faults)
    issues = _issues(domain, levels, findings)
    findings.incomplete = len(findings.faults) > before
    if not findings.faults and not issues:
        findings.faults.append(Fault(domain.name, 1, 1, "", "no issues", "at least one issue"))
    read = [_profile(each, issues, utility, findings) for each in profiles] if issues else []
    if findings.faults:
        raise ScenarioError(_in_order(findings.faults))
    name = domain.path.stem
    if domain.format == "GeniusWeb" and isinstance(domain.root, Node):
        name = geniusweb.domain_name(domain.root, name)
    elif isinstance(domain.root, Node):
        said = child(domain.root, "name")
        name = str(said.value) if said is not None and isinstance(said.value, str) and said.value else name
    return Domain(name, issues, tuple(each for each in read if each is not None), tuple(findings.notes))


def _files(sources: Sequence[str | PathLike[str]], findings: Findings) -> list[Path]:
    """Paths to look at."""
    paths = [Path(fspath(each)) for each in sources]
    folders = [path for path in paths if path.is_dir()]
    if folders and len(paths) > 1:
        for folder in folders:
            findings.faults.append(
                Fault(str(folder), 1, 1, "", "a folder among other sources", "one folder alone, or files")
            )
        return []
    if not folders:
        return paths
    return [
        path
        for path in sorted(folders[0].iterdir())
        if path.is_file()
        and path.name.endswith(ENDINGS)
        and not path.name.startswith((".", "_"))
        and not path.name.endswith(LEFT_OUT)
    ]


def _sorted_out(paths: Sequence[Path], findings: Findings, in_folder: bool) -> list[_File]:
    """Files with what they are; others are left out of a folder, and faults where they are named."""
    found = []
    for path in paths:
        content = _content(path, findings)
        if content is None:
            continue
        file = _recognized(path, content, findings)
        if file is not None:
            found.append(file)
        elif not in_folder and not any(fault.file == str(path) for fault in findings.faults):
            remedy = "Profiles that are not additive, and other programs' files, cannot be read."
            findings.faults.append(Fault(str(path), 1, 1, "", "neither a domain nor a profile", ALLOWED, remedy))
    return found


def _content(path: Path, findings: Findings) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError as error:
        found = "no file of this name" if isinstance(error, FileNotFoundError) else f"{error.strerror}"
        findings.faults.append(Fault(str(path), 1, 1, "", found, "a file that can be read", "Check the path."))
        return None


def _recognized(path: Path, content: bytes, findings: Findings) -> _File | None:
    """What a file is, by its content; None: none of the formats."""
    file = str(path)
    if path.suffix.lower() == ".xml":
        element = read_markup(content, file, findings.faults)
        if element is None or element.tag not in (genius.DOMAIN, genius.PROFILE):
            return None
        return _File(path, "GENIUS", element.tag == genius.DOMAIN, element)
    node = read_nodes(content, file, findings.faults)
    if node is None:
        return None
    keys = entries(node)
    if "issuesValues" in keys:
        return _File(path, "GeniusWeb", True, node)
    if geniusweb.ADDITIVE in keys or any(kind in keys for kind in geniusweb.OTHER_PROFILES):
        return _File(path, "GeniusWeb", False, node)
    if negmas.is_space(node) or negmas.is_utility(node):
        return _File(path, "NegMAS", negmas.is_space(node), node)
    return None


def _chosen(files: Sequence[_File], named: str, findings: Findings) -> tuple[_File | None, list[_File]]:
    """The domain and the profiles of the first format of which there is a domain."""
    present = [each for each in FORMATS if any(file.format == each for file in files)]
    kept = next((each for each in present if any(f.format == each and f.is_domain for f in files)), None)
    if kept is None and "GeniusWeb" in present:
        kept = "GeniusWeb"  # its profiles carry their domain along
    others = [each for each in present if each != kept]
    if kept is not None and others:
        findings.note(f"Files of {kept} are read; those of {' and '.join(others)} are left out.")
    domains = [file for file in files if file.format == kept and file.is_domain]
    profiles = [file for file in files if file.format == kept and not file.is_domain]
    carried = _carried(profiles[0]) if not domains and profiles else None
    if carried is not None:
        domains = [carried]
    if not domains and any(fault.file in {f.name for f in files} or not files for fault in findings.faults):
        return None, []  # the file that is missing is among those with faults
    if len(domains) != 1:
        found = "no domain" if not domains else f"{len(domains)} domains: {', '.join(f.path.name for f in domains)}"
        remedy = "Name the files instead of the folder." if domains else "Name the domain's file too, or the folder."
        findings.faults.append(Fault(named, 1, 1, "", found, ALLOWED, remedy))
        return None, []
    if len(profiles) < 2:
        found = f"{len(profiles)} profile{'' if len(profiles) == 1 else 's'}"
        remedy = "Name the profiles' files too, or the folder that holds all."
        findings.faults.append(Fault(named, 1, 1, "", found, ALLOWED, remedy))
    return domains[0], profiles


def _carried(file: _File) -> _File | None:
    """The domain within a GeniusWeb profile."""
    if not isinstance(file.root, Node):
        return None
    root = geniusweb.embedded_domain(file.root)
    return None if root is None else _File(file.path, "GeniusWeb", True, root)


def _issues(file: _File, levels: int | None, findings: Findings) -> tuple[Issue, ...]:
    if isinstance(file.root, Element):
        return genius.read_issues(file.root, file.name, levels, findings)
    if file.format == "GeniusWeb":
        return geniusweb.read_issues(file.root, file.name, levels, findings)
    return negmas.read_issues(file.root, file.name, levels, findings)


def _profile(file: _File, issues: tuple[Issue, ...], utility: UtilityReading, findings: Findings) -> Profile | None:
    name = file.path.stem
    if isinstance(file.root, Element):
        return genius.read_profile(file.root, file.name, name, issues, utility, findings)
    if file.format == "GeniusWeb":
        return geniusweb.read_profile(file.root, file.name, name, issues, findings)
    return negmas.read_profile(file.root, file.name, name, issues, findings)


def _in_order(faults: Sequence[Fault]) -> list[Fault]:
    """Faults file by file, each from top to bottom."""
    files = list(dict.fromkeys(fault.file for fault in faults))
    return [fault for file in files for fault in by_place([each for each in faults if each.file == file])]
