"""Small real stand-ins for what is large: a recommender by shared genres, and a drafter that says what it is told."""

from collections.abc import Callable, Sequence
from pathlib import Path

import bm25s
import numpy as np

from bot.checks import Checker
from bot.dialogue import DraftingDialogue, NoDialogue
from bot.evidence import NoEvidence
from bot.models import Models
from bot.search import Search
from bot.slate import SlateMaker
from bot.texts import Texts
from bot.titles import Titles
from bot.understander import Understander
from bot.wording import Wording
from domain.artifact import Manifest
from domain.catalog import Catalog
from domain.liking import Liking
from domain.linking import Linker
from domain.phrases import Phrases
from domain.searching import indexed, words


class GenreRecommender:
    """Scores an item by the genres that it shares with the history, signed; z shifts nothing but the first item."""

    noise = 1

    def __init__(self, catalog: Catalog) -> None:
        genres = sorted(catalog.values["genres"])
        self._has = np.array([[g in item.values("genres") for g in genres] for item in catalog], dtype=np.float32)

    def scores(self, histories, z=None):
        rows = [weights @ self._has[ids] if len(ids) else np.zeros(self._has.shape[1]) for ids, weights in histories]
        return (np.stack(rows) @ self._has.T).astype(np.float32)

    def personal(self, histories):
        return self.scores(histories)


class ScriptedDrafter:
    """Offers its drafts in order; remembers the prompts."""

    def __init__(self, drafts: Sequence[str]) -> None:
        self.drafts = drafts
        self.prompts: list[str] = []

    def draft(self, prompt: str, seed: int, is_promising: Callable[[str], bool], is_good: Callable[[str], bool]):
        self.prompts.append(prompt)
        return next((draft for draft in self.drafts if is_promising(draft) and is_good(draft)), None)


def index_of(catalog: Catalog) -> bm25s.BM25:
    """The index of the words of a catalogue, as `export.meaning` makes it."""
    index = bm25s.BM25(method="lucene", k1=1.2, b=0.5)
    index.index([list(words(indexed(item))) for item in catalog], show_progress=False)
    return index


def models_of(catalog: Catalog, texts: Texts, drafts: Sequence[str] | None = None, version: str = "1") -> Models:
    linker = Linker(catalog)
    drafter = ScriptedDrafter(drafts) if drafts is not None else None
    return Models(
        manifest=Manifest(domain="movies", version=version, created=""),
        catalog=catalog,
        linker=linker,
        understander=Understander(catalog, linker, Phrases.load(), Liking.load()),
        recommender=GenreRecommender(catalog),
        evidence=NoEvidence(),
        dialogue=DraftingDialogue(drafter, catalog, Checker(catalog, linker)) if drafter else NoDialogue(),
        drafter=drafter,
        slates=SlateMaker(catalog),
        titles=Titles(catalog),
        wording=Wording(catalog, texts),
        search=Search(catalog, index_of(catalog), None, None),
    )


def tiny_encoder(folder: Path, words: str) -> Path:
    """A Bert of two small random layers, whose tokenizer knows these words, as transformers saves it."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    known = dict.fromkeys(("[PAD]", "[UNK]", *words.split()))
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(known)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(folder)
    torch.manual_seed(0)
    shape = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 2}
    BertModel(BertConfig(vocab_size=len(known), **shape)).save_pretrained(folder)
    return folder
