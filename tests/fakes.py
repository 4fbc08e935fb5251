"""Small real stand-ins for what is large: a recommender by shared genres, and a model that writes what it is told."""

import re
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import bm25s
import numpy as np

from bot.dialogue import DraftingDialogue, ModelFailed, NoDialogue
from bot.evidence import NoEvidence
from bot.models import Models
from bot.reader import NoReader
from bot.resolve import Resolver
from bot.search import Search
from bot.slate import SlateMaker
from bot.texts import Texts
from bot.titles import Titles
from bot.wording import Wording
from domain.artifact import Manifest
from domain.catalog import Catalog
from domain.frame import Frame, Kind, LastPlan
from domain.linking import Linker, tokens
from domain.prompt import ChatMessage, taught
from domain.reading import ACTS, FLAGS, KINDS, LANGUAGES, OF_PIECES, ROLES, SIZES, TOPICS, Reading
from domain.searching import indexed, words
from training.annotation import parse


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


SURE = 9.0
"""A logit that leaves no doubt."""


class ScriptedReader:
    """Reads messages as they were annotated beforehand, without a doubt; of others, nothing but titles."""

    def __init__(self) -> None:
        self.frames: dict[str, Frame] = {}
        self.after: list[LastPlan] = []
        """What each message was read after."""

    def learn(self, line: str, language: str = "en") -> str:
        """Take an annotated message, ``acts | text with marks``, and give its text."""
        message = parse(f"start | {line}", "any", language)
        self.frames[message.text] = message.frame
        return message.text

    def read(self, text: str, after: LastPlan) -> Reading:
        self.after.append(after)
        frame = self.frames.get(text)
        return scored(text, frame) if frame else NoReader().read(text, after)


def scored(text: str, frame: Frame) -> Reading:
    """A message as a reader scores it that is sure of a frame."""
    places = [(token.start, token.end) for token in tokens(text)]
    logits = {
        name: np.full((len(places), size) if name in OF_PIECES else size, -SURE, np.float32)
        for name, size in SIZES.items()
    }
    logits["tags"][:, 0] = SURE
    for mention in frame.mentions:
        inside = [at for at, (a, b) in enumerate(places) if a < mention.end and mention.start < b]
        for at in inside:
            tag = 1 + 2 * KINDS.index(mention.kind) + (at != inside[0])
            logits["tags"][at, 0], logits["tags"][at, tag] = -SURE, SURE
            if mention.topic:
                logits["topics"][at, TOPICS.index(mention.topic)] = SURE
            if mention.role and mention.kind is not Kind.COUNT:
                logits["roles"][at, ROLES.index(mention.role)] = SURE
                logits["theirs"][at] = SURE if mention.theirs else -SURE
    for name, values, known in (("acts", frame.acts, ACTS), ("flags", frame.flags, FLAGS)):
        for value in values:
            logits[name][known.index(value)] = SURE
    logits["languages"][LANGUAGES.index(frame.language)] = SURE
    return Reading(text, places, logits)


class ScriptedModel:
    """Writes its drafts in order, a word at a time; remembers what it was asked. An empty one fails."""

    def __init__(self, drafts: Sequence[str]) -> None:
        self.drafts = list(drafts)
        self.asked: list[Sequence[ChatMessage]] = []

    async def stream(self, messages: Sequence[ChatMessage], *, seed: int, most_tokens: int) -> AsyncGenerator[str]:
        self.asked.append(messages)
        draft = self.drafts.pop(0) if self.drafts else ""
        if not draft:
            raise ModelFailed("nothing left to write")
        for piece in re.findall(r"\S*\s*", draft):
            yield piece

    async def start(self) -> None:
        pass

    async def close(self) -> None:
        pass


def index_of(catalog: Catalog) -> bm25s.BM25:
    """The index of the words of a catalogue, as `export.meaning` makes it."""
    index = bm25s.BM25(method="lucene", k1=1.2, b=0.5)
    index.index([list(words(indexed(item))) for item in catalog], show_progress=False)
    return index


def models_of(
    catalog: Catalog, texts: Texts, drafts: Sequence[str] | None = None, version: str = "1", reader: Any = None
) -> Models:
    linker = Linker(catalog)
    search = Search(catalog, index_of(catalog), None, None)
    return Models(
        manifest=Manifest(domain="movies", version=version, created=""),
        catalog=catalog,
        linker=linker,
        reader=reader or ScriptedReader(),
        resolver=Resolver(catalog, linker, search),
        recommender=GenreRecommender(catalog),
        evidence=NoEvidence(),
        dialogue=NoDialogue() if drafts is None else DraftingDialogue(ScriptedModel(drafts), taught),
        slates=SlateMaker(catalog),
        titles=Titles(catalog, linker),
        wording=Wording(catalog, texts),
        search=search,
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


TINY_TEMPLATE = (
    "{% for m in messages %}<{{ m['role'] }}> {{ m['content'] }} <end> {% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


def tiny_llama(folder: Path, texts: Sequence[str]) -> Path:
    """A Llama of two small random layers, whose tokenizer has pieces of some texts, as transformers saves it."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import GPT2TokenizerFast, LlamaConfig, LlamaForCausalLM

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<unk>", "<end>", "<user>", "<assistant>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=special, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(texts, trainer)
    fast = GPT2TokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<end>", pad_token="<end>")
    fast.chat_template = TINY_TEMPLATE
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(vocab_size=len(fast), hidden_size=64, intermediate_size=64, num_hidden_layers=2,
                         num_attention_heads=2, num_key_value_heads=1, max_position_embeddings=512, bos_token_id=1,
                         eos_token_id=1, pad_token_id=1, tie_word_embeddings=True)  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder
