import pytest

from benchmarks import verdict
from benchmarks.controls import POPULARITY, controls


def found(**coverage):
    """Two seeds; every control is as the generator without adversary, but for what is said."""
    methods = ("without adversary", "the adversary", "z", "Gumbel noise", "Gumbel noise, grid over popularity")
    usual = {"ndcg@20": 0.4, "coverage@20": 0.1, "diversity": 0.6, "auc": 0.9}
    figures = {name: [dict(usual), dict(usual)] for name in (*methods, *(control.name for control in controls()))}
    for name, of_seeds in coverage.items():
        for seed, covered in enumerate(of_seeds):
            figures[name.replace("_", " ")][seed]["coverage@20"] = covered
    return figures


def test_the_adversary_is_held_beside_the_control_that_shows_most_seed_by_seed():
    cells = verdict.verdict("some", found(the_adversary=(0.5, 0.3), grid_over_popularity=(0.3, 0.2)))
    assert cells[:4] == ("some", "2", ".4000", f"{POPULARITY} .2500")
    assert float(cells[4]) == pytest.approx(0.15)
    assert float(cells[5]) == pytest.approx(0.0707, abs=1e-4)


def test_a_control_that_costs_accuracy_does_not_count():
    figures = found(grid_over_popularity=(0.9, 0.9), MMR=(0.2, 0.2))
    assert verdict.verdict("some", figures)[3] == f"{POPULARITY} .9000"
    for of_seed in figures[POPULARITY]:
        of_seed["ndcg@20"] = 0.3985
    assert POPULARITY not in verdict.able_controls(figures)
    assert verdict.verdict("some", figures)[3] == "MMR .2000"


def test_diversity_and_the_judge_are_compared_with_the_best_of_all():
    figures = found()
    for of_seed in figures["DPP"]:
        of_seed |= {"diversity": 0.7, "auc": 0.8}
    assert verdict.verdict("some", figures)[6:] == ("-.1000", "-.1000")


def test_draws_by_z_are_held_beside_noise_on_both_lists():
    figures = found(z=(0.4, 0.6), Gumbel_noise=(0.3, 0.4))
    assert verdict.drawn_verdict("some", figures)[2:] == (".5000", "+.1500", ".0707", "+.4000", ".1414")


def test_a_lead_is_sure_beyond_two_deviations():
    figures = found(the_adversary=(0.5, 0.4), z=(0.6, 0.1))
    assert verdict.surely_ahead(figures, "the adversary", "MMR")
    assert not verdict.surely_ahead(figures, "z", "MMR")
    assert not verdict.surely_ahead({name: seeds[:1] for name, seeds in figures.items()}, "the adversary", "MMR")
    last = list(verdict.verdicts({"some": figures}))[-1]
    assert last.endswith(
        "of 1 sets with several seeds: lists 1; z of Gumbel noise: 0; z of Gumbel noise, grid over popularity: 0"
    )


def test_one_seed_has_no_deviation():
    figures = {name: of_seeds[:1] for name, of_seeds in found().items()}
    assert verdict.ahead(figures, "z", "Gumbel noise") == ("+.0000", "")
    assert len([line for line in verdict.verdicts({"some": figures}) if line.startswith("| some |")]) == 2
