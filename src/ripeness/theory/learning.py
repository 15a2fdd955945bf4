"""Learning from battles whose odds are not known: theory II.4.7.

Two observers with different priors see the same battles: the gap of their log-odds never changes, that of their
probabilities vanishes. Sources: Smith & Stam (2004); the principle of convergence of Slantchev (2003).
"""

from __future__ import annotations

import math


def belief_after_battles(prior_high: float, win_if_high: float, win_if_low: float, n_won: int, n_lost: int) -> float:
    """Probability that A's odds are the high ones after `n_won` wins and `n_lost` losses of A (4.7)."""
    log_odds = math.log(prior_high / (1.0 - prior_high))
    log_odds += n_won * math.log(win_if_high / win_if_low)
    log_odds += n_lost * math.log((1.0 - win_if_high) / (1.0 - win_if_low))
    return 1.0 / (1.0 + math.exp(-log_odds))
