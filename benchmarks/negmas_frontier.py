"""How many times longer does NegMAS take for the efficient outcomes of the same domain? Used by `deals.py`.

NegMAS values every outcome and then compares; ripeness merges issue by issue. The two frontiers are compared in the
same run, as whole millionths.
"""

from __future__ import annotations

import resource
import statistics
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ripeness.deals.packages import efficient
from ripeness.deals.problem import UNIT, Problem

REPEATS = 5
LARGEST_REPEATED = 1_000_000
"""NegMAS runs once on domains with more outcomes than this."""


def available() -> bool:
    """Whether NegMAS is installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import negmas  # noqa: F401
    except ImportError:
        return False
    return True


def compared(problem: Problem, question: str) -> dict[str, Any]:
    """Seconds of CPU that both take for the efficient outcomes of a plan without conditions, and whether they agree."""
    import negmas
    from negmas.preferences.ops import pareto_frontier

    ours, times_s = timed(lambda: efficient(problem), REPEATS)
    peak_before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    utilities = utility_functions(problem)
    n_outcomes = int(np.prod([len(rows) for rows in problem.worth]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        repeats = 1 if n_outcomes > LARGEST_REPEATED else REPEATS
        (frontier, _), their_times_s = timed(lambda: pareto_frontier(utilities), repeats)
    theirs = {tuple(round(float(x) * UNIT) for x in point) for point in frontier}
    median_s, their_median_s = statistics.median(times_s), statistics.median(their_times_s)
    return {
        "question": question, "outcomes": n_outcomes, "median_s": median_s, "times_s": times_s,
        "negmas_median_s": their_median_s, "negmas_times_s": their_times_s, "ratio": round(their_median_s / median_s),
        "packages": len(ours), "negmas_packages": len(theirs), "peak_mib": peak_before // 1024,
        "negmas_peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "negmas": negmas.__version__,
        "numpy": np.__version__, "met": {tuple(map(int, row)) for row in ours.worth} == theirs,
    }  # fmt: skip


def timed(call: Callable[[], Any], repeats: int) -> tuple[Any, list[float]]:
    """The answer, and seconds of CPU of each call."""
    times_s = []
    for _ in range(repeats):
        start_s = time.process_time()
        answer = call()
        times_s.append(round(time.process_time() - start_s, 6))
    return answer, times_s


def utility_functions(problem: Problem) -> list[Any]:
    """The same worths as NegMAS's utility functions, without reservation values."""
    from negmas.outcomes import make_issue, make_os
    from negmas.preferences import LinearAdditiveUtilityFunction
    from negmas.preferences.value_fun import TableFun

    names = [[f"v{k}" for k in range(len(rows))] for rows in problem.worth]
    space = make_os([make_issue(values, f"i{point}") for point, values in enumerate(names)], name="domain")
    return [
        LinearAdditiveUtilityFunction(
            values=[
                TableFun({value: int(x) / UNIT for value, x in zip(values, rows[:, party], strict=True)})
                for values, rows in zip(names, problem.worth, strict=True)
            ],
            outcome_space=space,
            name=f"p{party}",
        )
        for party in range(problem.n_parties)
    ]
