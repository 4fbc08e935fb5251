from bot.audit import Audit


def test_a_line_each_whatever_it_says(tmp_path):
    audit = Audit(tmp_path / "state" / "movies.audit.log")
    assert audit.latest(3) == []
    audit.note("shell", "retrain", "asked for")
    audit.note("discord:77", "retrain", "The retrain failed:\n no data")
    audit.note("shell", "rollback", "Went back from 2 to 1.")
    assert [line.split(" ", 1)[1] for line in audit.latest(2)] == [
        "discord:77 retrain: The retrain failed: no data",
        "shell rollback: Went back from 2 to 1.",
    ]
    assert len(audit.latest(9)) == 3
