import numpy as np
import pytest

from bot.reasons import reason_of


@pytest.mark.parametrize(
    ("gains", "kin", "reason"),
    [
        ([3.0, 2.0, 0.5], [False, True, True], 1),
        ([3.0, 1.0, 0.5], [False, True, True], 0),
        ([3.0, 2.0], [False, False], 0),
        ([-1.0, 0.0], [True, True], None),
        ([], [], None),
    ],
)
def test_a_reason_of_the_same_kind_goes_before_a_slightly_better_one(gains, kin, reason):
    assert reason_of(np.array(gains, dtype=np.float32), np.array(kin, dtype=bool)) == reason
