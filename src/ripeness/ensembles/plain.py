"""Answers over an ensemble as plain data, for JSON. What is not a number is null."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np

from ripeness.ensembles.inquiry import ClaimsAnswer, LeversAnswer, WhyAnswer
from ripeness.questions.verdicts import LEVELS, Ensemble, Least, LeverEffect, Spread, Verdict
from ripeness.scenario.quantity import Citation


def claims_dict(answer: ClaimsAnswer) -> dict[str, Any]:
    """Verdicts, with the margin in every draw."""
    return {**_head(answer.ensemble), "claims": [_verdict(each) for each in answer.verdicts]}


def levers_dict(answer: LeversAnswer) -> dict[str, Any]:
    """Effects of levers, of pairs, and what it would take."""
    table = answer.table
    return {
        **_head(answer.ensemble),
        "measure": str(table.asked),
        "without": _spread(table.base),
        "without_central": _plain(table.central),
        "levers": [_effect(each) for each in table.singles],
        "pairs": [_effect(each) for each in table.pairs],
        "pair_draws": table.pair_draws,
        "target": table.target,
        "least": [_least(each) for each in table.least],
    }


def why_dict(answer: WhyAnswer) -> dict[str, Any]:
    """Sensitivities over the ranges and slopes near the own numbers."""
    why = answer.why
    return {
        **_head(answer.ensemble),
        "measure": str(why.asked),
        "central": _plain(why.central),
        "spread": _spread(why.spread),
        "method": why.method,
        "sensitivities": [_plain(asdict(each)) for each in why.sensitivities],
        "elasticities": [_plain(asdict(each)) for each in why.elasticities],
        "notes": list(why.notes),
    }


def _head(ensemble: Ensemble) -> dict[str, Any]:
    said = asdict(ensemble)
    failures = [{"sentence": sentence, "count": count} for sentence, count in ensemble.failures]
    return {"ensemble": {**said, "failures": failures, "notes": list(ensemble.notes)}}


def _verdict(each: Verdict) -> dict[str, Any]:
    return {
        "id": each.claim.id,
        "says": each.claim.says,
        "cites": [_cite(cite) for cite in each.claim.citations],
        "verdict": each.verdict,
        "firm": each.firm,
        "share": _plain(each.share),
        "error": _plain(each.error),
        "interval": _plain(each.interval),
        "draws": each.n,
        "failed": each.failed,
        "undefined": each.undefined,
        "central": each.central,
        "central_margin": _plain(each.central_margin),
        "tests": [
            {
                "said": test.said, "unit": test.unit, "effect": _spread(test.effect), "least": test.least,
                "share": _plain(test.share), "central": _plain(test.central), "same": _plain(test.same),
            }
            for test in each.tests
        ],
        "hinges": [_plain(asdict(found)) for found in each.hinges],
        "regions": [_plain(asdict(found)) for found in each.regions],
        "movers": [_plain(asdict(found)) for found in each.movers],
        "strongest_for": None if each.strongest_for is None else _plain(asdict(each.strongest_for)),
        "strongest_against": None if each.strongest_against is None else _plain(asdict(each.strongest_against)),
        "contrasts": [_plain(asdict(found)) for found in each.contrasts],
        "margin_unit": each.margin_unit,
        "margins": _plain(each.margins),
    }  # fmt: skip


def _cite(cite: Citation) -> dict[str, Any]:
    return {"document": cite.document, "sentence": cite.sentence}


def _effect(each: LeverEffect) -> dict[str, Any]:
    return {
        "levers": [lever.id for lever in each.levers],
        "effect": _spread(each.effect),
        "central": _plain(each.central),
        "raises": _plain(each.raises),
        "values": {role: _spread(spread) for role, spread in each.values.items()},
        "central_values": _plain(each.central_values),
        "helps": _plain(each.helps),
        "interaction": None if each.interaction is None else _spread(each.interaction),
        "central_interaction": _plain(each.central_interaction),
        "cost": _plain(each.cost),
        "failed": each.failed,
        "effects": _plain(each.effects),
    }


def _least(each: Least) -> dict[str, Any]:
    return {
        "levers": [lever.id for lever in each.levers],
        "strength": each.strength,
        "settings": _plain(each.settings),
        "steps": [_plain(asdict(step)) for step in each.steps],
        "monotone": each.monotone,
        "best": _plain(asdict(each.best)),
        "in_draws": _plain(each.in_draws),
    }


def _spread(spread: Spread) -> dict[str, Any]:
    quantiles = {f"{level:g}": _plain(q) for level, q in zip(LEVELS, spread.quantiles, strict=True)}
    return {"quantiles": quantiles, "mean": _plain(spread.mean), "error": _plain(spread.error), "draws": spread.n}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, np.ndarray):
        return [_plain(each) for each in value.tolist()]
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return value
