import pytest

from benchmarks import blind


def test_a_verdict_counts_for_whoever_wrote_the_reply():
    sheet = [{"n": n} for n in range(4)]
    letter = {n: blind.LETTERS[blind.order(n).index("model")] for n in range(4)}
    verdicts = [{"n": n, "best": letter[n], "fit": [letter[n]]} for n in range(4)]

    lines = blind.count(sheet, verdicts)

    assert "model: the best 4 times (1.00), fit to be sent 4 times (1.00)" in lines
    assert "template: the best 0 times (0.00), fit to be sent 0 times (0.00)" in lines


def test_the_order_hides_whose_a_reply_is():
    first = {blind.order(n)[0] for n in range(20)}
    assert first == set(blind.SOURCES)
    assert blind.order(7) == blind.order(7)


def test_a_verdict_of_an_act_that_is_not_there_is_refused():
    with pytest.raises(KeyError):
        blind.count([{"n": 0}], [{"n": 1, "best": "A", "fit": []}])
