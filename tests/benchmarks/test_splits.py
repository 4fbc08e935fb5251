import numpy as np

from benchmarks import splits


def test_ours_is_compared_with_the_same_people_of_the_same_split():
    ours = [np.array([0.5, 0.3, 0.1]), np.array([0.6, 0.4, 0.2])]
    peer = [np.array([0.4, 0.2, 0.0]), np.array([0.5, 0.4, 0.0])]

    lines = splits.table({splits.OURS: ours, "EASE": peer})

    assert lines[2] == "| Parley | 0.3000 | 0.4000 | 0.3500 |  |  |"
    # differences .1 .1 .1 and .1 0 .2: means .1 and .1; only the second varies, by .1: .1 / sqrt(3) / 2
    assert lines[3] == "| EASE | 0.2000 | 0.3000 | 0.2500 | +0.1000 | 0.0289 |"


def test_settings_are_no_part_of_a_name_since_each_split_chooses_its_own():
    assert splits.SETTINGS.sub("", "ALS (implicit) (32, 10.0, 5.0)") == "ALS (implicit)"
    assert splits.SETTINGS.sub("", "EASE (400.0,)") == "EASE"
