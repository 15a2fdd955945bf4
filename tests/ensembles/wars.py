"""A war in which everything asked of it is known: power drifts, and settlements come at dates that nobody chooses.

With a precision of 0 offers and answers are made by lot, so that a settlement is signed on the line of contact with the
stated hazard in every period, whoever gains. The attacker advances by `speed` a year against a side that does not
fight. Then x(t) = start + speed t, and all values are sums that can be written down.
"""

from __future__ import annotations

from ripeness.scenario import Scenario, parse

SPEED, COST, START, PERIODS = 0.02, 0.2, 0.3, 10
THRESHOLD = SPEED / COST
"""Discount rate at which one more year neither helps nor hurts the attacker, theory 12.1 in the engine's units."""

DRIFT = """
ripeness: 1
name: drift
title: Power that drifts to the attacker
period: year
start: 2026-01
horizon: 10
documents:
  - {id: study, title: A study}
actors:
  attacker: {name: North, discount_yearly: {value: 0.05, range: [0.02, 0.20]}, efforts: [1.0]}
  defender: {name: South, discount_yearly: {value: 0.10, range: [0.05, 0.20]}, efforts: [0.0]}
mechanisms:
  territory:
    start: {value: 0.3, range: [0.3, 0.3]}
    low: {value: 0.2, range: [0.2, 0.2]}
    high: {value: 0.9, range: [0.9, 0.9]}
    points: 71
    speed: {value: 0.02, range: [0.02, 0.02]}
    spread: {value: 0.02, range: [0.02, 0.02]}
    attacker_cost: {value: 0.2, range: [0.2, 0.2]}
    defender_cost: {value: 0.1, range: [0.05, 0.15]}
    defender_losses: {value: 0.1, range: [0.0, 0.2]}
  channel: {}
agenda:
  grid: {shifts: [0.0]}
choices:
  precision: {offer: {value: 0, range: [0, 0]}, response: {value: 0, range: [0, 0]}}
  settlement_hazard_at_zero_gain: {value: 0.3, range: [0.3, 0.3]}
"""
"""Everything has a range of its own or none: the discount rates, what fighting costs the defender, and defaults of
numbers without effect vary."""

VARYING = """
claims:
  - id: terms-improve
    says: The longer it lasts, the better the attacker's terms.
    cites: {document: study, sentence: 1}
    tests: [{measure: terms_slope, is: more, than: 0.0}]
  - id: terms-worsen
    says: The longer it lasts, the worse the attacker's terms.
    tests: [{measure: terms_slope, is: less, than: 0.0}]
  - id: waiting-pays
    says: The longer it lasts, the better off the attacker.
    tests: [{measure: value_slope, of: attacker, is: more, than: 0.0}]
  - id: dearer-than-middling
    says: Losses of the defender above the middle of their range leave it worse off than losses in the middle.
    tests:
      - {measure: value, of: defender, is: less, than: {set: {mechanisms.territory.defender_losses: 0.1}}}
  - id: both
    says: Waiting pays the attacker, and the defender's losses are above the middle.
    tests:
      - {measure: value_slope, of: attacker, is: more, than: 0.0}
      - {measure: value, of: defender, is: less, than: {set: {mechanisms.territory.defender_losses: 0.1}}}
levers:
  - {id: faster, says: The advance doubles., set: {mechanisms.territory.speed: "x2"}, cost: {attacker: 0.01}}
  - {id: further, says: It starts further on., set: {mechanisms.territory.start: 0.4}}
  - {id: talks, says: Talks from the third year., set: {choices.settlement_hazard_at_zero_gain: 0.6}, from: 24}
  - {id: nothing, says: What changes nothing., set: {mechanisms.channel.patron: 0.5}}
"""


def war(more: str = VARYING, *sets: str) -> Scenario:
    """The scenario with claims and levers."""
    return parse(DRIFT + more, "drift.yaml", sets)


def advantage(discount_yearly: float, tau: int) -> float:
    """The attacker's value of a settlement in period tau, in shares for ever: the war until then, then the line."""
    factor = 1.0 / (1.0 + discount_yearly)
    war_until = sum((1.0 - factor) * factor**t * (START + SPEED * t - COST) for t in range(tau))
    return war_until + factor**tau * (START + SPEED * tau)
