"""How a retrain, a rollback or a look ended, in words of texts/*/retraining.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.texts import Texts

_TEXTS = Texts.load()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that is told: the key of a text, and what fills it."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def told(self, language: str) -> str:
        """The sentence in a language."""
        return _TEXTS.say(f"retraining.{self.key}", language, **self.values)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure on the hold-out: its name, of the version in use (None where none is), and of the one that was built."""

    name: str
    before: float | None
    after: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended.

    Attributes:
        published: whether the version in use changed.
        sentences: what there is to tell the owner, a line each.
        figures: of the version that was built beside the one in use.
    """

    published: bool
    sentences: tuple[Sentence, ...]
    figures: tuple[Figure, ...] = ()

    @classmethod
    def of(cls, key: str, *, published: bool = False, figures: tuple[Figure, ...] = (), **values: object) -> Outcome:
        """An outcome of one sentence."""
        return cls(published, (Sentence(key, values),), figures)

    @property
    def replaced(self) -> str | None:
        """The version that was in use before another was published; None where there was none, or nothing was."""
        before = self.sentences[0].values.get("before") if self.published else None
        return str(before) if before else None

    @property
    def say(self) -> str:
        """All of it in English."""
        return self.told("en")

    def told(self, language: str) -> str:
        """All of it in a language."""
        return "\n".join(sentence.told(language) for sentence in self.sentences)


def compared(before: Mapping[str, float], after: Mapping[str, float]) -> tuple[Figure, ...]:
    """The figures of a version that was built, in its order, beside those of the one in use."""
    return tuple(Figure(name, before.get(name), value) for name, value in after.items())
