"""The phases of a retrain, and how far the whole of it is by what its stages tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Phase = Literal["data", "search", "reader", "training", "export", "measuring", "words"]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of ``training.build``, and its share of the time that a build takes."""

    name: str
    phase: Phase
    share: float


ONE_AFTER_ANOTHER: Sequence[Stage] = (
    Stage("training.sources", "data", 0.05),
    Stage("export.search_encoder", "search", 0.05),
    Stage("export.meaning", "search", 0.05),
    Stage("export.reader", "reader", 0.1),
    Stage("training.recommender", "training", 0.5),
    Stage("export.recommender", "export", 0.05),
    Stage("training.evidence", "export", 0.03),
    Stage("export.evidence", "export", 0.02),
    Stage("export.quality", "measuring", 0.05),
)
"""In this order. One that is left out, since what it makes is there, is over when a later one speaks."""
BESIDE: Sequence[Stage] = (Stage("training.base_model", "words", 0.02), Stage("export.dialogue", "words", 0.08))
"""These run while the others do."""
STAGES: Mapping[str, Stage] = {stage.name: stage for stage in (*ONE_AFTER_ANOTHER, *BESIDE)}


@dataclass
class Phases:
    """How far one retrain is: a figure that never goes back, though its stages count each for itself."""

    phase: Phase = "data"
    """Where it is: what runs beside the others is a phase of its own only when they are over."""
    says: str = ""
    """What was said last of that phase."""
    _done: dict[str, float] = field(default_factory=dict)

    def tell(self, stage: str, done: float, says: str = "") -> float:
        """Take what a stage says of itself, and give the share of the whole that is done, in [0, 1]."""
        if stage in STAGES:
            if STAGES[stage] not in BESIDE or self._done.get(ONE_AFTER_ANOTHER[-1].name) == 1.0:
                self.phase, self.says = STAGES[stage].phase, says
            self._done[stage] = max(min(done, 1.0), self._done.get(stage, 0.0))
            self._done.update(dict.fromkeys(_before(stage), 1.0))
        return sum(STAGES[name].share * part for name, part in self._done.items())


def _before(stage: str) -> list[str]:
    """The stages that are over when this one speaks."""
    names = [one.name for one in ONE_AFTER_ANOTHER]
    return names[: names.index(stage)] if stage in names else []
