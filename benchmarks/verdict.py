"""Whether the adversary is ahead of its controls, and z of noise, by more than chance: one line a data set.

A control counts where it costs no more of the mean NDCG@20 on the test file than `ALLOWED`. Differences are taken seed
by seed, on the same fitted paths; their deviation is the standard deviation over seeds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.controls import ALLOWED, controls

NOBODY, ADVERSARY, Z = "without adversary", "the adversary", "z"
GUMBEL, REBALANCED = "Gumbel noise", "Gumbel noise, grid over popularity"
DEVIATIONS = 2
COVERAGE, NDCG = "coverage@20", "ndcg@20"
HEADER = ("", "seeds", "coverage", "best control", "ahead by", "±", "diversity ahead by", "judge's AUC lower by")
DRAWN_HEADER = ("", "seeds", "coverage by z", "ahead of Gumbel noise by", "±", "ahead of it on the grid's list by", "±")

Found = dict[str, list[dict[str, float]]]
"""Figures by method, one of each seed."""


def able_controls(found: Found) -> list[str]:
    """Names of the controls that cost no more than `ALLOWED` of the mean NDCG@20."""
    least = _of(found, NOBODY, NDCG).mean() - ALLOWED
    return [control.name for control in controls() if _of(found, control.name, NDCG).mean() >= least]


def best_control(found: Found) -> str:
    """Of `able_controls` the one whose lists show most; no adversary where there are none."""
    return max(able_controls(found) or [NOBODY], key=lambda control: float(_of(found, control, COVERAGE).mean()))


def surely_ahead(found: Found, method: str, other: str) -> bool:
    """Whether coverage@20 is higher by more than `DEVIATIONS` standard deviations of the difference over seeds."""
    gaps = _of(found, method, COVERAGE) - _of(found, other, COVERAGE)
    return len(gaps) > 1 and bool(gaps.mean() > DEVIATIONS * gaps.std(ddof=1))


def verdict(name: str, found: Found) -> tuple[str, ...]:
    """The adversary beside the control that shows most, and beside the best of them in diversity and to the judge."""
    able, best = able_controls(found), best_control(found)
    widest = max(_of(found, other, "diversity").mean() for other in (*able, NOBODY))
    hardest = min(_of(found, other, "auc").mean() for other in (*able, NOBODY))
    adversary = [_of(found, ADVERSARY, column).mean() for column in (COVERAGE, "diversity", "auc")]
    return (
        name,
        str(len(found[ADVERSARY])),
        _short(adversary[0]),
        f"{best} {_short(_of(found, best, COVERAGE).mean())}",
        *ahead(found, ADVERSARY, best),
        _signed(adversary[1] - widest),
        _signed(hardest - adversary[2]),
    )


def drawn_verdict(name: str, found: Found) -> tuple[str, ...]:
    """Coverage of draws by z beside that of noise, at the same NDCG@20."""
    seeds, covered = str(len(found[Z])), _short(_of(found, Z, COVERAGE).mean())
    return name, seeds, covered, *ahead(found, Z, GUMBEL), *ahead(found, Z, REBALANCED)


def ahead(found: Found, method: str, other: str) -> tuple[str, str]:
    """Mean difference of coverage@20 over seeds and its standard deviation, empty of one seed."""
    gaps = _of(found, method, COVERAGE) - _of(found, other, COVERAGE)
    return _signed(gaps.mean()), _short(gaps.std(ddof=1)) if len(gaps) > 1 else ""


def verdicts(sets: dict[str, Found]) -> Iterator[str]:
    """Lines of Markdown: a table of lists, one of draws, and of how many sets the lead is more than chance."""
    for header, line in ((HEADER, verdict), (DRAWN_HEADER, drawn_verdict)):
        yield _row(header)
        yield "|" + " --- |" * len(header)
        yield from (_row(line(name, found)) for name, found in sets.items())
        yield ""
    judged = {name: found for name, found in sets.items() if len(found[ADVERSARY]) > 1}
    lists = sum(surely_ahead(found, ADVERSARY, best_control(found)) for found in judged.values())
    draws = (sum(surely_ahead(found, Z, noise) for found in judged.values()) for noise in (GUMBEL, REBALANCED))
    by_z = "; ".join(f"z of {noise}: {count}" for noise, count in zip((GUMBEL, REBALANCED), draws, strict=True))
    yield f"Ahead by more than {DEVIATIONS} deviations, of {len(judged)} sets with several seeds: lists {lists}; {by_z}"


def _of(found: Found, method: str, column: str) -> NDArray[np.float64]:
    return np.array([figures[column] for figures in found[method]])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _short(figure: float) -> str:
    return f"{figure:.4f}".removeprefix("0")


def _signed(figure: float) -> str:
    return f"{figure:+.4f}".replace("0.", ".", 1)
