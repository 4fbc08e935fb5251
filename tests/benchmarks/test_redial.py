import json

import numpy as np

from benchmarks.redial import Ranker, instances, recall
from bot.evidence import NoEvidence
from tests.fakes import GenreRecommender

DIALOGUE = {
    "conversationId": 7,
    "initiatorWorkerId": 1,
    "respondentWorkerId": 2,
    "movieMentions": {"6": "Heat (1995)", "608": "Fargo (1996)", "9999": None},
    "initiatorQuestions": {},
    "respondentQuestions": [],
    "messages": [
        {"senderWorkerId": 2, "text": "Seen @608?", "messageId": 70},
        {"senderWorkerId": 1, "text": "I loved @6 and @61", "messageId": 71},
        {"senderWorkerId": 2, "text": "Then @608 or @6 or @9999", "messageId": 72},
        {"senderWorkerId": 2, "text": "Bye", "messageId": 73},
    ],
}


def test_an_instance_is_a_recommendation_with_something_before_it(tmp_path, catalog):
    path = tmp_path / "d.jsonl"
    path.write_text(json.dumps(DIALOGUE) + "\n")
    (found,) = instances(path, catalog)
    assert (found.conversation_id, found.message_id) == ("7", 72)
    assert found.known == ("608", "6")
    assert found.targets == ("608", "6", "9999")
    assert [said.by_person for said in found.said] == [False, True]
    assert found.said[1].columns == (catalog.column("6"),)
    assert "@6" not in found.said[1].text


def test_fresh_lists_leave_out_what_was_named(tmp_path, catalog):
    path = tmp_path / "d.jsonl"
    path.write_text(json.dumps(DIALOGUE) + "\n")
    (found,) = instances(path, catalog)
    ranker = Ranker(catalog, GenreRecommender(catalog), NoEvidence())
    fresh, every = ranker.rank(found, fresh=True), ranker.rank(found, fresh=False)
    assert not {"6", "608"} & set(fresh)
    assert {"6", "608"} <= set(every)
    assert len(set(fresh)) == len(fresh)
    assert np.isfinite(ranker.scores(found)).all()


def test_recall_counts_targets_not_instances():
    assert recall([["a", "b"], ["c"]], [["a", "x"], ["c"]]) == {"R@1": 2 / 3, "R@10": 2 / 3, "R@50": 2 / 3}
