"""The war from each seat: what its leader values, believes, would accept, would do this period, and gets from waiting.

A *seat* is an actor, of one of its types where it has several. Everything is for the first period and the states in
which the war may start, as the seat expects postures and what the others are.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import xarray as xr

from ripeness.engine import Propagation
from ripeness.engine.private.geometry import start_node
from ripeness.game import Game
from ripeness.game.build import variants_of
from ripeness.game.parts import peace_parts, war_parts
from ripeness.mechanisms.base import ROLES
from ripeness.questions.endings import NO_OFFER, SETTLEMENT, STILL_OPEN
from ripeness.questions.labels import Catalogue, Variable, dataset, text
from ripeness.questions.moment import Float
from ripeness.questions.opening import A, D, Opening, P, Seat, seats
from ripeness.questions.seats import delay
from ripeness.questions.views import expected, mixed, type_name

RESUMED = "war that resumes"
"""What a settlement is worth by the war that follows where the peace breaks."""

CATALOGUE: Catalogue = {
    "seat_actor": Variable("seat", "", "actor whose seat it is"),
    "seat_type": Variable("seat", "", "its type; empty where it has one"),
    "discount": Variable("seat", "factor per period", "discount factor"),
    "value": Variable("seat", "share", "value of the war at the start"),
    "fight_on": Variable("seat", "share", "value of fighting this period and playing on"),
    "war_rate": Variable("seat", "share as a rate", "what this period of war pays"),
    "war_part": Variable("seat war_source", "share as a rate", "part of what this period of war pays"),
    "later": Variable("seat", "share", "expected value of the war from the next period on, if this one is fought"),
    "peace": Variable("seat package", "share", "value of settling on the package now"),
    "peace_part": Variable("seat package peace_source", "share", "part of the value of settling on the package now"),
    "belief": Variable("seat about", "1", "belief at the start that an actor is of this type; its own it knows"),
    "open_probability": Variable("time seat", "1", "probability, as the seat sees it, that the war is open"),
    "cumulative_probability": Variable("time seat end", "1", "probability, as the seat sees it, of this end by then"),
    "war_end_date": Variable("seat quantile", "date", "date of the end of the war, by agreement or otherwise"),
    "settlement_date": Variable("seat quantile", "date", "date of settlement"),
    "settlement_date_given": Variable("seat quantile", "date", "date of settlement, given that there is one"),
    "settlement_probability": Variable(
        "seat package", "1", "probability of a settlement on the package by the horizon"
    ),
    "terms_mean": Variable("seat", "share", "mean terms of any settlement"),
    "terms_overall": Variable("seat quantile", "share", "quantiles of the terms of any settlement"),
    "gain": Variable("seat actor package", "share", "gain of settling now over fighting on, to the actor"),
    "acceptance": Variable("seat actor package", "1", "probability that the actor accepts the package this period"),
    "others_accept": Variable(
        "seat package", "1", "probability that the other belligerents accept the package, once the seat does"
    ),
    "answer_value": Variable("seat package answer", "share", "value of either answer to the package"),
    "proposes": Variable("seat actor", "1", "probability that the actor gets to propose this period"),
    "offer_probability": Variable("seat actor offer", "1", "probability of the offer, if the actor gets to propose"),
    "offer_value": Variable("seat offer", "share", "value of making the offer, if the seat gets to propose"),
    "offer_accepted": Variable("seat offer", "1", "probability that all accept the offer, if the seat makes it"),
    "effort_probability": Variable("seat actor level", "1", "probability of the effort, if this period is fought"),
    "effort_value": Variable("seat level", "share", "value of fighting with this effort"),
    "posture_probability": Variable("seat posture", "1", "probability that the patron takes the posture"),
    "posture_value": Variable("seat posture", "share", "value of the posture to the seat"),
    "posture_cost": Variable("seat posture", "share", "what the patron, in its choice, takes off the posture's value"),
    "settled": Variable(
        "time seat", "1", "probability, as the seat sees it, that a settlement is signed in the period"
    ),
    "value_by_date": Variable("time seat", "share", "value at the start of histories that settle at this date"),
    "value_slope": Variable("time seat", "share/year", "change of that value with the date of settlement"),
}


def perspectives(game: Game, opening: Opening, by_profile: Sequence[Propagation], terms: Float) -> xr.Dataset:
    """The group "perspectives".

    Args:
        by_profile: what happens, for each profile of types; one without private information.
        terms: (Theta, terms) probability of a settlement on each of the terms that there are (`TermsCells.support`).
    """
    every = seats(game)
    single = [_single(opening, seat) for seat in every]
    arrays: dict[str, Any] = {name: np.array([each[name] for each in single]) for name in single[0]}
    sources, parts = _parts(game, opening, every)
    at = start_node(game.tables)
    weight = np.array([opening.profiles(seat.row)[:, at] for seat in every])
    arrays |= {
        "seat_actor": text([seat.role for seat in every]),
        "seat_type": text([game.types[seat.role][seat.kind] if seat.role in game.types else "" for seat in every]),
        **parts,
        **expected(game, by_profile, weight, terms),
        **_waiting(game, every, by_profile, weight),
    }
    about = [type_name(role, kind) for role, kinds in game.types.items() for kind in kinds]
    if about:
        held = [
            opening.held[ROLES.index(role)][:, k, at] for role, kinds in game.types.items() for k in range(len(kinds))
        ]
        arrays["belief"] = np.array(held).T[[seat.row for seat in every]]
    coords: dict[str, Any] = {
        "seat": text([seat.name for seat in every]),
        "answer": text(("accept", "reject")),
        "offer": text([*(package.name for package in game.packages), NO_OFFER]),
        "level": np.array(_levels(game)),
        "posture": text(game.postures),
        "end": text((SETTLEMENT, *game.tables.ends, STILL_OPEN)),
        **{name: text(names) for name, names in sources.items()},
        **({"about": text(about)} if about else {}),
    }
    return dataset(arrays, CATALOGUE, coords, "The war from each seat, at the start")


def _levels(game: Game) -> list[float]:
    """Levels of effort of both sides."""
    return sorted({level for levels in game.efforts for level in levels})


def _mean(values: Float, weight: Float) -> Float:
    """Mean of values (..., M, s, b) by weight (M, s, b); NaN without any."""
    total = float(weight.sum())
    if total <= 0.0:
        return np.full(values.shape[:-3], np.nan)
    # Not a matrix product: its sums would depend on how many threads the linear algebra of the machine takes.
    return np.asarray(np.einsum("...msb,msb->...", values, weight) / total)


def _single(o: Opening, seat: Seat) -> dict[str, Any]:
    """Everything that is known of the first period alone."""
    seen = o.seen[seat.row]
    fight = float(_mean(o.played.fight[:, seat.row], seen))
    return {
        "discount": float(o.tables.discount[seat.row]),
        "value": float(np.einsum("sb,sb->", o.start[seat.row], o.played.value[seat.row])),
        "fight_on": fight,
        "peace": _mean(o.played.peace[:, seat.row, None], seen),
        **_gains(o, seat, seen),
        **_offers(o, seat, seen),
        **_efforts(o, seat, seen),
        **_postures(o, seat),
    }


def _rows(o: Opening, side: int) -> list[int]:
    """Value rows of an actor, one for each of its types."""
    return [int(r) for r in np.flatnonzero(o.tables.row_side == side)] or [side]


def _gains(o: Opening, seat: Seat, seen: Float) -> dict[str, Float]:
    """What everybody gains from every package, and how he answers to it, as the seat sees it."""
    p, roles = o.played, o.game.roles
    gain = np.zeros((len(roles), p.peace.shape[0]))
    acceptance = np.full(gain.shape, np.nan)
    for i, role in enumerate(roles):
        side = ROLES.index(role)
        rows = _rows(o, side)
        gained = np.stack([p.peace[:, None, r] - p.fight[None, :, r] for r in rows])  # (K, N, M, s, b)
        gain[i] = _mean(o.of_side(side, gained, seat.row), seen)
        if side < P:
            answers = p.accept[side].transpose(0, 2, 1, 3, 4)  # (K, N, M, s, b)
            acceptance[i] = _mean(o.of_side(side, answers, seat.row), seen)
    signed = _mean(o.all_accept(seat), seen)
    return {"gain": gain, "acceptance": acceptance, "others_accept": signed, "answer_value": _answers(o, seat, seen)}


def _answers(o: Opening, seat: Seat, seen: Float) -> Float:
    """(N, 2) what accepting and rejecting each package is worth to the seat; NaN for the patron, who is not asked."""
    p, n = o.played, o.played.peace.shape[0]
    if seat.side == P:
        return np.full((n, 2), np.nan)
    by_posture = np.zeros((n, 2, *seen.shape))
    for k, m in product(range(n), range(seen.shape[0])):
        for answer, worth in enumerate((p.peace[k, seat.row], p.fight[m, seat.row])):
            after = p.accept_after[seat.side, m, k, answer]
            by_posture[k, answer, m] = o.landed(seat.side, worth, after)[seat.kind if seat.role in o.game.types else 0]
    asked = np.isfinite(p.accept[seat.side, 0]).all(axis=(0, 2, 3))
    return np.where(asked[:, None], _mean(by_posture, seen), np.nan)


def _offers(o: Opening, seat: Seat, seen: Float) -> dict[str, Any]:
    """Who proposes what, as the seat sees it; and what its own offers are worth, and how likely they are accepted."""
    p, roles = o.played, o.game.roles
    n_offers = p.offer.shape[3]
    proposes, chance = np.zeros(len(roles)), np.full((len(roles), n_offers), np.nan)
    value, taken = np.full(n_offers, np.nan), np.full(n_offers, np.nan)
    for i, role in enumerate(roles):
        j = ROLES.index(role)
        if j >= p.offer.shape[0]:
            continue
        speaks = seen * p.recognition[:, j, :, None]
        proposes[i] = speaks.sum()
        if proposes[i] <= 0.0:
            continue
        offers = p.offer[j].transpose(0, 2, 1, 3, 4)  # (K, N + 1, M, s, b)
        chance[i] = _mean(o.of_side(j, offers, seat.row), speaks)
        if role == seat.role:
            kind = seat.kind if seat.role in o.game.types else 0
            value = _mean(np.moveaxis(o.offer_worth(j)[:, kind, :, seat.row], 0, 1), speaks)
            taken = _mean(np.moveaxis(o.offer_taken(j)[:, kind, :, seat.row], 0, 1), speaks)
            taken[-1] = np.nan
            closed = o.tables.offer_weight[o.tables.epoch_of_period[0]] <= 0.0
            value[closed] = taken[closed] = np.nan
    return {"proposes": proposes, "offer_probability": chance, "offer_value": value, "offer_accepted": taken}


def _efforts(o: Opening, seat: Seat, seen: Float) -> dict[str, Float]:
    """How hard each side fights, as the seat sees it, and what its own efforts are worth to it."""
    p, game = o.played, o.game
    levels, kind = _levels(game), seat.kind if seat.role in game.types else 0
    chance, value = np.full((len(game.roles), len(levels)), np.nan), np.full(len(levels), np.nan)
    place = [[levels.index(level) for level in own] for own in game.efforts]
    chance[A, place[A]] = _mean(o.of_side(A, p.effort_a.transpose(0, 2, 1, 3, 4), seat.row), seen)
    replies = o.after_effort(p.effort_d[: o.tables.types[D]])[:, :, seat.row]  # (K, M, d, s, b)
    chance[D, place[D]] = _mean(o.of_side(D, replies.transpose(0, 2, 1, 3, 4), seat.row), seen)
    if seat.side == A:
        value[place[A]] = _mean(np.moveaxis(o.effort_worth()[kind, :, :, seat.row], 0, 1), seen)
    elif seat.side == D:
        worth = o.after_effort(o.reply_worth()[kind, :, :, :, seat.row])[:, seat.row]  # (M, d, s, b)
        value[place[D]] = _mean(np.moveaxis(worth, 0, 1), seen)
    return {"effort_probability": chance, "effort_value": value}


def _postures(o: Opening, seat: Seat) -> dict[str, Float]:
    """What the patron does, as the seat sees it, and what each posture is worth to the seat."""
    tables, now = o.tables, int(o.tables.epoch_of_period[0])
    worth = o.posture_worth()[:, :, seat.row]  # (K, M, s, b)
    start, cost = o.start[seat.row], np.full(worth.shape[1], np.nan)
    if seat.side == P:
        kind = seat.kind if seat.role in o.game.types else 0
        worth = worth[kind]
        cost = np.einsum("ms,s->m", o.at_states(tables.profiles.posture_cost[now, :, kind]), o.mass)
    else:
        likely = o.held[P][seat.row][:, None, None] * o.played.posture[: tables.types[P]]  # (K, M, s, b)
        total = likely.sum(axis=0)
        worth = np.divide((likely * worth).sum(axis=0), total, out=worth[0].copy(), where=total > 0.0)
    value = np.einsum("msb,sb->m", worth, start)
    value[tables.posture_weight[now] <= 0.0] = np.nan
    return {
        "posture_probability": o.seen[seat.row].sum(axis=(1, 2)),
        "posture_value": value,
        "posture_cost": cost,
    }


def _parts(game: Game, o: Opening, every: Sequence[Seat]) -> tuple[dict[str, tuple[str, ...]], dict[str, Float]]:
    """What this period of war, and every settlement, is worth by part; names of the parts, and the arrays."""
    tables, v, now = o.tables, variants_of(game), int(o.tables.epoch_of_period[0])
    at_war, war = war_parts(v, o.states)  # (M, e, R, Theta, F, s)
    at_peace, peace = peace_parts(v, o.states)  # (N, R, Theta, F, s)
    fought = np.stack([o.fought(profile) for profile in range(war.shape[3])])  # (Theta, M, e, s, b)
    paid = o.at_states(tables.profiles.flow[now])  # (M, e, R, Theta, s)
    resume = o.at_states(tables.peace_resume[now])  # (N, R, s)
    war_part = np.zeros((len(every), len(at_war)))
    peace_part = np.zeros((len(every), peace.shape[0], len(at_peace) + 1))
    rate, later = np.zeros(len(every)), np.zeros(len(every))
    for k, seat in enumerate(every):
        seen, profiles, row = o.seen[seat.row], o.profiles(seat.row), seat.row
        likely = seen[None, :, None] * fought * profiles[:, None, None, None]  # (Theta, M, e, s, b)
        war_part[k] = np.einsum("tmesb,metfs->f", likely, war[:, :, row])
        lump = float(np.einsum("tmesb,mets->", likely, paid[:, :, row]))
        delta = float(tables.discount[row])
        rate[k] = lump / (1.0 - delta)
        later[k] = (float(_mean(o.played.fight[:, row], seen)) - lump) / delta
        here = seen.sum(axis=0)  # (s, b)
        peace_part[k, :, :-1] = np.einsum("sb,tb,ntfs->nf", here, profiles, peace[:, row])
        peace_part[k, :, -1] = np.einsum("sb,ns,sb->n", here, resume[:, row], o.follows[row])
    arrays = {"war_part": war_part, "war_rate": rate, "later": later, "peace_part": peace_part}
    return {"war_source": at_war, "peace_source": (*at_peace, RESUMED)}, arrays


def _waiting(game: Game, every: Sequence[Seat], by_profile: Sequence[Propagation], weight: Float) -> dict[str, Float]:
    """What each seat gets by the date of settlement, in its own view."""
    unknown = np.full(game.tables.n_periods, np.nan)
    settled, value, slope = [], [], []
    for seat, own in zip(every, weight, strict=True):
        found = delay(game, mixed(by_profile, own), unknown)
        settled.append(found["settled"].values)
        value.append(found["value"].values[:, game.roles.index(seat.role)])
        slope.append(found["value_slope"].values[:, game.roles.index(seat.role)])
    return {"settled": np.array(settled).T, "value_by_date": np.array(value).T, "value_slope": np.array(slope).T}
