from hypothesis import given
from hypothesis import strategies as st

from bot.phases import STAGES, Phases
from training import build

told = st.lists(st.tuples(st.sampled_from([*STAGES, "failed", "done"]), st.floats(-1, 2)))


@given(told)
def test_it_never_goes_back_whatever_the_stages_tell(events):
    phases = Phases()
    done = [phases.tell(stage, share) for stage, share in events]
    assert done == sorted(done)
    assert all(0 <= share <= 1.0001 for share in done)


def test_a_stage_that_is_left_out_is_over_when_a_later_one_speaks():
    phases = Phases()
    assert phases.tell("training.sources", 1.0) == 0.05
    assert round(phases.tell("training.recommender", 0.5), 6) == 0.5
    assert phases.phase == "training"


def test_what_runs_beside_the_others_ends_none_of_them():
    phases = Phases()
    phases.tell("training.sources", 1.0, "read")
    assert round(phases.tell("export.dialogue", 0.5, "merged"), 6) == 0.09
    assert (phases.phase, phases.says) == ("data", "read")
    phases.tell("export.quality", 1.0, "measured")
    phases.tell("export.dialogue", 0.6, "exported")
    assert (phases.phase, phases.says) == ("words", "exported")


def test_every_stage_of_a_build_has_its_phase_and_all_make_the_whole():
    assert set(STAGES) == set(build.STAGES.values())
    assert round(sum(stage.share for stage in STAGES.values()), 6) == 1.0
