"""Domains as the files of a NegMAS scenario folder: YAML or JSON as NegMAS writes them, or XML as GENIUS does.

Worths become value functions of weight 1. In XML, evaluations are divided by the largest of their issue, which becomes
the weight, so that GENIUS's reading and NegMAS's give the same utilities.
"""

from __future__ import annotations

import io
import json
import re
from typing import Any, Literal
from xml.sax.saxutils import quoteattr

from ruamel.yaml import YAML
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from ripeness.interop.domains import Domain, Profile

Form = Literal["yml", "xml", "json"]


def scenario_files(domain: Domain, form: Form) -> dict[str, bytes]:
    """Content of the files of a scenario folder, by name; NegMAS takes the negotiators in the order of these names."""
    names = _file_names([domain.name, *(profile.name for profile in domain.profiles)])
    if form == "xml":
        texts = [_genius_domain(domain), *(_genius_profile(domain, profile) for profile in domain.profiles)]
    else:
        written = _json if form == "json" else _yaml
        texts = [written(_space(domain)), *(written(_utility(domain, profile)) for profile in domain.profiles)]
    return {f"{name}.{form}": text.encode("utf-8") for name, text in zip(names, texts, strict=True)}


def _file_names(names: list[str]) -> list[str]:
    """Names without what a file's name cannot hold, all different also where case does not count."""
    found: list[str] = []
    for name in names:
        # NegMAS leaves out files that begin with a dot, and ours begin with no underscore, which marks its statistics
        safe = re.sub(r'[\x00-\x1f<>:"/\\|?*]+', "-", name).strip(" ._")[:100] or "unnamed"
        each, count = safe, 1
        while each.casefold() in (other.casefold() for other in found) or f"{each}.xml".endswith("pareto.xml"):
            count += 1
            each = f"{safe}-{count}"
        found.append(each)
    return found


def _space(domain: Domain) -> dict[str, Any]:
    return {
        "type": "DiscreteCartesianOutcomeSpace",
        "name": domain.name,
        "issues": [
            {"type": "CategoricalIssue", "name": issue.name, "values": list(issue.values)} for issue in domain.issues
        ],
    }


def _utility(domain: Domain, profile: Profile) -> dict[str, Any]:
    reserved = {} if profile.reservation is None else {"reserved_value": profile.reservation}
    additive = {
        "type": "LinearAdditiveUtilityFunction",
        "name": profile.name,
        **reserved,
        "weights": [1.0] * len(domain.issues),
        "values": [
            {"type": "TableFun", "mapping": dict(zip(issue.values, row, strict=True))}
            for issue, row in zip(domain.issues, profile.worth, strict=True)
        ],
    }
    if profile.discount is None or profile.discount == 1.0:
        return additive
    return {
        "type": "ExpDiscountedUFun", "name": profile.name, **reserved, "discount": profile.discount, "ufun": additive,
    }  # fmt: skip


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


class _Representer(RoundTripRepresenter):
    """Numbers so that readers of YAML 1.1 see numbers: they take 1e-05 for a text."""

    def represent_number(self, number: float) -> Any:
        """A float with a point before its exponent."""
        text = repr(number)
        if "e" in text and "." not in text:
            text = text.replace("e", ".0e", 1)
        return self.represent_scalar("tag:yaml.org,2002:float", text)


_Representer.add_representer(float, _Representer.represent_number)


def _yaml(data: dict[str, Any]) -> str:
    writer = YAML()
    writer.Representer = _Representer
    writer.width = 1_000_000
    stream = io.StringIO()
    writer.dump(_quoted(data), stream)
    return stream.getvalue()


def _quoted(data: Any, names: bool = False) -> Any:
    """Texts in quotes: YAML 1.1 takes words such as yes, and 9:30, for something else. Keys where they are names."""
    if isinstance(data, dict):
        return {
            DoubleQuotedScalarString(key) if names else key: _quoted(value, names=key == "mapping")
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [_quoted(each) for each in data]
    return DoubleQuotedScalarString(data) if isinstance(data, str) else data


def _genius_domain(domain: Domain) -> str:
    lines = [
        "<negotiation_template>",
        f'<utility_space number_of_issues="{len(domain.issues)}">',
        f'<objective index="0" etype="objective" type="objective" description="" name={quoteattr(domain.name)}>',
    ]
    for number, issue in enumerate(domain.issues, 1):
        lines.append(
            f'  <issue index="{number}" etype="discrete" type="discrete" vtype="discrete" name={quoteattr(issue.name)}>'
        )
        lines += [f'    <item index="{k}" value={quoteattr(value)}/>' for k, value in enumerate(issue.values, 1)]
        lines.append("  </issue>")
    return "\n".join([*lines, "</objective>", "</utility_space>", "</negotiation_template>", ""])


def _genius_profile(domain: Domain, profile: Profile) -> str:
    lines = [
        f'<utility_space number_of_issues="{len(domain.issues)}">',
        '<objective index="0" etype="objective" type="objective" description="" name="any">',
    ]
    weights = []
    for number, (issue, row) in enumerate(zip(domain.issues, profile.worth, strict=True), 1):
        # all at or below zero: a negative weight, for GENIUS divides by the largest evaluation
        weight = max(row) if max(row) > 0.0 else min(row)
        weights.append(f'  <weight index="{number}" value="{weight!r}"/>')
        lines.append(
            f'  <issue index="{number}" etype="discrete" type="discrete" vtype="discrete" name={quoteattr(issue.name)}>'
        )
        for k, (value, worth) in enumerate(zip(issue.values, row, strict=True), 1):
            evaluation = worth / weight if weight else 0.0
            lines.append(f'    <item index="{k}" value={quoteattr(value)} evaluation="{evaluation + 0.0!r}"/>')
        lines.append("  </issue>")
    lines += [*weights, "</objective>"]
    lines.append(f'<discount_factor value="{1.0 if profile.discount is None else profile.discount!r}"/>')
    if profile.reservation is not None:
        lines.append(f'<reservation value="{profile.reservation!r}"/>')
    return "\n".join([*lines, "</utility_space>", ""])
