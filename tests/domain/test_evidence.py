import numpy as np

from domain.evidence import ITEM_DECAY, OF_THE_OTHER, WORD_DECAY, Lexicon, Said, phrases


def test_phrases_are_runs_of_up_to_three_words_in_lower_case():
    assert list(phrases("Adam Sandler’s BEST")) == [
        "adam", "adam sandler's", "adam sandler's best", "sandler's", "sandler's best", "best",
    ]  # fmt: skip


def test_the_latest_weighs_most_and_the_persons_words_more_than_the_others():
    lexicon = Lexicon(["funny", "old", "tom hanks"])
    said = [Said(True, "something funny", (3,)), Said(False, "an old one?", (5,)), Said(True, "with Tom Hanks", (3,))]
    cues = lexicon.read(said)
    items = dict(zip(cues.item_ids.tolist(), cues.item_weights, strict=True))
    assert items == {3: 1.0, 5: np.float32(ITEM_DECAY)}
    words = dict(zip(cues.word_ids.tolist(), cues.word_weights.tolist(), strict=True))
    assert words == {
        0: np.float32(WORD_DECAY**2),
        1: np.float32(WORD_DECAY * OF_THE_OTHER),
        2: 1.0,
    }


def test_nothing_said_gives_no_keys():
    cues = Lexicon(["funny"]).read([])
    assert len(cues.item_ids) == len(cues.word_ids) == 0
