import asyncio
import sqlite3
import threading
from dataclasses import replace

import pytest

from bot import history
from bot.history import History, HistoryError, Person, PersonalSettings, Saved, ServerSettings
from domain.history import Message
from domain.preference import Constraint, Opinion, Preference

CANARY = "canary-in-the-text"


@pytest.fixture
async def store(tmp_path):
    store = await History.open(tmp_path, "movies")
    yield store
    await store.close()


def remembered(person_id="ann", **facts):
    return Person(person_id, remember=True, **facts)


async def reopened(store, tmp_path):
    """Another process's view of the same file."""
    return await History.open(tmp_path, "movies")


FULL = remembered(
    locale="en-GB",
    share=True,
    preference=Preference(
        {"6": Opinion("6", "like", "message", 20000), "1": Opinion("1", "dislike", "button", 20001)},
        (Constraint("genres", "Horror", include=False), Constraint("year", ">=1990")),
    ),
    asked=("genres",),
    saved=(Saved("4993", 20000), Saved("260", 20002)),
    settings=PersonalSettings(language="de", only_to_me=True, surprise=0.0, slate=5, age_limit=12),
    messages=(Message("m1", "user", "hello"), Message("m1", "bot", "hi")),
).with_slate(["608", "47"])


async def test_a_person_who_agreed_survives_a_restart(store, tmp_path):
    await store.commit(Person("ann"), FULL, "m1")
    again = await reopened(store, tmp_path)
    assert await again.load("ann") == FULL
    await again.close()


async def test_only_what_changed_is_written_again(store):
    await store.commit(Person("ann"), FULL, "m1")
    before = await store.load("ann")
    preference = before.preference.without_opinion("1").with_opinion(Opinion("6", "dislike", "button", 20002))
    after = history.replace(before, preference=preference).with_slate(["50"])
    await store.commit(before, after, "m2")
    assert await store.load("ann") == after


async def test_what_is_taken_off_the_list_is_gone_and_what_is_put_on_it_again_comes_last(store, tmp_path):
    await store.commit(Person("ann"), FULL, "m1")
    shorter = replace(FULL, saved=(Saved("260", 20002),))
    await store.commit(FULL, shorter, "m2")
    again = await reopened(store, tmp_path)
    assert (await again.load("ann")).saved == (Saved("260", 20002),)
    await again.close()
    longer = replace(shorter, saved=(*shorter.saved, Saved("4993", 20003)))
    await store.commit(shorter, longer, "m3")
    assert (await store.load("ann")).saved == longer.saved


async def test_settings_are_known_at_once_and_after_a_restart(store, tmp_path):
    assert store.settings("ann") == PersonalSettings()
    await store.commit(Person("ann"), FULL, "m1")
    bob = Person("bob", settings=PersonalSettings(language="fr"))
    await store.commit(Person("bob"), bob, "m2")
    assert (store.settings("ann"), store.settings("bob")) == (FULL.settings, bob.settings)
    again = await reopened(store, tmp_path)
    assert (again.settings("ann"), again.settings("bob")) == (FULL.settings, PersonalSettings())
    await again.erase("ann")
    assert again.settings("ann") == PersonalSettings()
    await again.close()


async def test_what_somebody_saves_and_sets_who_is_not_remembered_is_never_on_the_disk(store, tmp_path):
    await store.commit(Person("ann"), FULL, "m1")
    forgotten = replace(FULL, remember=False, saved=(Saved("canary-item", 20000),))
    await store.commit(FULL, forgotten, "m2")
    assert (await store.load("ann")).saved == forgotten.saved
    assert store.settings("ann") == FULL.settings
    with sqlite3.connect(tmp_path / "movies.sqlite3") as db:
        left = [db.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("saved", "personal_settings")]
    db.close()
    assert left == [(0,), (0,)]
    assert not any(b"canary-item" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "wrong",
    [{"language": "tlh"}, {"surprise": 3.1}, {"surprise": -0.1}, {"slate": 0}, {"slate": 6}, {"age_limit": 22}],
)
def test_what_cannot_be_set_is_refused_before_it_is_held(wrong):
    with pytest.raises(ValueError, match="no"):
        PersonalSettings(**wrong)


async def test_a_database_of_the_version_before_keeps_its_people_and_gets_a_place_for_the_new(tmp_path):
    with sqlite3.connect(tmp_path / "movies.sqlite3") as db:
        for step in history.MIGRATIONS[:3]:
            db.executescript(step)
        db.execute("PRAGMA user_version = 3")
        db.execute("INSERT INTO people (person_id, remember_version) VALUES ('ann', ?)", (history.CONSENT_VERSION,))
        db.execute("INSERT INTO opinions VALUES ('ann', '6', 'like', 'button', 20000, 1)")
    db.close()
    store = await History.open(tmp_path, "movies")
    before = await store.load("ann")
    assert before.preference.having("like") == ("6",)
    after = replace(before, saved=FULL.saved, settings=FULL.settings)
    await store.commit(before, after, "m1")
    assert await store.load("ann") == after
    await store.close()


async def test_what_was_shown_long_ago_is_known_after_a_restart(store, tmp_path):
    person = remembered()
    for n in range(60):
        after = person.with_slate([f"{n}a", f"{n}b", f"{n}c"])
        await store.commit(person, after, f"m{n}")
        person = after
    again = await reopened(store, tmp_path)
    shown = (await again.load("ann")).shown
    await again.close()
    assert shown == person.shown
    assert [(one.item_id, one.slate) for one in shown[:3]] == [("0a", 1), ("0b", 1), ("0c", 1)]
    assert len(shown) == 180


async def test_what_was_shown_is_forgotten_where_all_is(store, tmp_path):
    shown = remembered().with_slate(["6", "608"])
    await store.commit(remembered(), shown, "m1")
    begun = replace(shown, shown=()).with_slate(["1"])
    await store.commit(shown, begun, "m2")
    again = await reopened(store, tmp_path)
    assert [(one.item_id, one.slate) for one in (await again.load("ann")).shown] == [("1", 1)]
    await again.close()


async def test_an_event_counts_once(store):
    assert await store.commit(Person("ann"), FULL, "m1")
    assert await store.handled("m1")
    assert not await store.commit(await store.load("ann"), remembered(), "m1")
    assert await store.load("ann") == FULL


async def test_without_consent_only_event_ids_are_stored(store, tmp_path):
    person = Person("bob", messages=(Message("m1", "user", CANARY),)).with_slate(["6"])
    await store.commit(Person("bob"), person, "m1")
    assert await store.load("bob") == person
    again = await reopened(store, tmp_path)
    assert await again.load("bob") == Person("bob")
    assert await again.handled("m1")
    await again.close()
    with sqlite3.connect(tmp_path / "movies.sqlite3") as db:
        assert db.execute("SELECT count(*) FROM people").fetchone() == (0,)
    db.close()


async def test_what_was_said_before_the_consent_is_kept_after_it(store, tmp_path):
    before = Person("bob").with_slate(["6"])
    await store.commit(Person("bob"), before, "m1")
    await store.commit(before, history.replace(before, remember=True), "m2")
    again = await reopened(store, tmp_path)
    assert (await again.load("bob")).last_slate == ("6",)
    await again.close()


async def test_withdrawing_the_consent_deletes(store):
    await store.commit(Person("ann"), FULL, "m1")
    await store.commit(FULL, Person("ann", remember=False), "m2")
    assert await store.load("ann") == Person("ann", remember=False)
    store._unremembered.clear()
    assert await store.load("ann") == Person("ann", remember=False)
    assert [held.what for held in await store.held("ann")] == ["refusal"]


async def test_declining_a_new_wording_of_the_consent_deletes_what_the_old_one_kept(store, monkeypatch):
    await store.commit(Person("ann"), FULL, "m1")
    monkeypatch.setattr(history, "CONSENT_VERSION", history.CONSENT_VERSION + 1)
    before = await store.load("ann")
    assert before.remember is None
    await store.commit(before, history.replace(before, remember=False), "m2")
    assert await store.transcript("ann") == []


async def test_text_is_sealed_and_erasing_leaves_nothing(store, tmp_path):
    said = (Message("m1", "user", CANARY), Message("m1", "bot", CANARY))
    person = history.replace(FULL, person_id="person-4711", messages=said)
    await store.commit(Person("person-4711"), person, "m1")
    assert not any(CANARY.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    await store.erase("person-4711")
    assert not any(b"person-4711" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert await store.load("person-4711") == Person("person-4711")


async def test_only_shared_button_and_command_ratings_may_train(store):
    preference = Preference(
        {
            "6": Opinion("6", "like", "button", 20000),
            "1": Opinion("1", "dislike", "command", 20000),
            "47": Opinion("47", "like", "message", 20000),
            "50": Opinion("50", "seen", "button", 20000),
        }
    )
    await store.commit(Person("ann"), remembered("ann", share=True, preference=preference), "m1")
    await store.commit(Person("bob"), remembered("bob", share=False, preference=preference), "m2")
    ratings = await store.shared_ratings()
    assert [(r.user_id, r.item_id, r.value, r.timestamp) for r in ratings] == [
        ("ann", "1", -1.0, 20000 * 86400),
        ("ann", "6", 1.0, 20000 * 86400),
    ]


async def test_writers_wait_for_each_other(store):
    people = [remembered(f"p{n}") for n in range(30)]
    await asyncio.gather(*(store.commit(Person(p.person_id), p, f"e{p.person_id}") for p in people))
    assert [await store.load(p.person_id) for p in people] == people


async def test_a_failed_commit_changes_nothing(store, monkeypatch):
    async def fail(*_):
        raise RuntimeError("power cut")

    monkeypatch.setattr(store, "_write_opinions", fail)
    with pytest.raises(RuntimeError):
        await store.commit(Person("ann"), FULL, "m1")
    assert not await store.handled("m1")
    assert await store.load("ann") == Person("ann")


async def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(HistoryError, match="state folder"):
        await History.open(tmp_path / "file", "movies")


async def test_another_key_is_noticed_at_the_start(store, tmp_path):
    await store.commit(Person("ann"), FULL, "m1")
    (tmp_path / "keys" / "messages.key").write_bytes(b"k" * 32)
    with pytest.raises(HistoryError, match="not the one that sealed"):
        await History.open(tmp_path, "movies")


async def test_a_database_of_a_newer_version_is_left_alone(tmp_path):
    with sqlite3.connect(tmp_path / "movies.sqlite3") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(HistoryError, match="newer Parley"):
        await History.open(tmp_path, "movies")


async def test_a_file_that_is_no_database_is_one_sentence(tmp_path):
    (tmp_path / "movies.sqlite3").write_text("this is no database, but long enough to be looked at" * 30)
    with pytest.raises(HistoryError, match="cannot be used"):
        await History.open(tmp_path, "movies")


async def test_a_database_is_brought_up_step_by_step(tmp_path, monkeypatch):
    await (await History.open(tmp_path, "movies")).close()
    monkeypatch.setattr(history, "MIGRATIONS", [*history.MIGRATIONS, "ALTER TABLE people ADD COLUMN note TEXT"])
    await (await History.open(tmp_path, "movies")).close()
    with sqlite3.connect(tmp_path / "movies.sqlite3") as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(history.MIGRATIONS),)
        assert "note" in [row[1] for row in db.execute("PRAGMA table_info(people)")]
    db.close()


async def test_a_reply_waits_until_it_arrived_also_over_a_restart(store, tmp_path):
    await store.commit(Person("ann"), FULL, "m1", "somewhere", "en")
    await store.commit(Person("bob"), Person("bob"), "m2", "elsewhere", "zh-CN")
    await store.commit(FULL, FULL, "m3", "somewhere", "en")
    await store.delivered("m3")
    assert store.undelivered() == []
    again = await reopened(store, tmp_path)
    late = again.undelivered()
    assert [(one.event_id, one.address, one.language, one.text) for one in late] == [
        ("m1", "somewhere", "en", "hi"),
        ("m2", "elsewhere", "zh-CN", None),
    ]
    await again.delivered("m1")
    assert [one.event_id for one in again.undelivered()] == ["m2"]
    await again.erase("bob")
    await again.close()
    third = await reopened(store, tmp_path)
    assert third.undelivered() == []
    await third.close()


async def test_messages_are_kept_for_so_many_days(store, tmp_path, monkeypatch):
    await store.commit(Person("ann"), FULL, "m1")
    day = history.today()
    monkeypatch.setattr(history, "today", lambda: day + 29)
    assert (await store.load("ann")).messages
    monkeypatch.setattr(history, "today", lambda: day + 30)
    assert (await store.load("ann")).messages == ()
    await store.commit(Person("bob"), Person("bob"), "m2")
    assert CANARY not in str(await store.held("ann"))
    assert not any(held.what in ("user", "bot") for held in await store.held("ann"))
    assert (await store.load("ann")).preference == FULL.preference


async def test_the_ids_of_events_are_kept_while_they_may_be_repeated(tmp_path, monkeypatch):
    store = await History.open(tmp_path, "movies", keep_days=3650)
    day = history.today()
    for later in range(5):
        monkeypatch.setattr(history, "today", lambda later=later: day + later)
        await store.commit(Person("ann"), Person("ann"), f"m{later}")
    assert [await store.handled(f"m{n}") for n in range(5)] == [False, False, False, True, True]
    await store.close()


async def test_everything_that_is_held_is_told(store):
    await store.commit(Person("ann"), FULL, "m1", "somewhere")
    held = {(one.what, one.says) for one in await store.held("ann")}
    assert held == {
        ("remember", ""), ("share", ""), ("locale", "en-GB"), ("like", "6"), ("dislike", "1"),
        ("unwanted", "genres Horror"), ("wanted", "year >=1990"), ("shown", "608"), ("shown", "47"),
        ("saved", "4993"), ("saved", "260"), ("set_language", "de"), ("set_only_to_me", "True"),
        ("set_surprise", "0.0"), ("set_slate", "5"), ("set_age_limit", "12"),
        ("asked", "genres"), ("user", "hello"), ("bot", "hi"), ("undelivered", "somewhere"),
    }  # fmt: skip


async def test_nobody_but_the_owner_may_read_the_store(store, tmp_path):
    await store.commit(Person("ann"), FULL, "m1")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"movies.sqlite3", "movies.sqlite3-wal", "messages.key"}
    assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o600"}
    assert {oct(path.stat().st_mode & 0o777) for path in (tmp_path, tmp_path / "keys")} == {"0o700"}


async def test_a_database_that_is_damaged_behind_its_header_is_one_sentence(tmp_path):
    store = await History.open(tmp_path, "movies")
    for n in range(40):
        await store.commit(
            Person(f"p{n}"), remembered(f"p{n}", messages=(Message(f"m{n}", "user", "x" * 500),)), f"e{n}"
        )
    await store.close()
    path = tmp_path / "movies.sqlite3"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x07" * (len(content) - 4096)
    path.write_bytes(content)
    before = set(threading.enumerate())
    with pytest.raises(HistoryError, match="cannot be used"):
        await History.open(tmp_path, "movies")
    assert not _left(before)


def _left(before):
    """Threads that were not there before and have not been told to end."""
    new = set(threading.enumerate()) - before
    for thread in new:
        thread.join(timeout=30)
    return [thread for thread in new if thread.is_alive()]


async def test_a_disk_without_room_does_not_keep_the_store_open(tmp_path):
    before = set(threading.enumerate())
    store = await History.open(tmp_path, "movies")
    await store.commit(Person("ann"), FULL, "m1")
    await store._db.execute("PRAGMA max_page_count = 1")
    await store._db.set_authorizer(lambda action, *_: sqlite3.SQLITE_DENY)
    await store.close()
    assert not _left(before)


async def test_what_is_set_for_a_server_is_known_at_once_and_after_a_restart(store, tmp_path):
    quiet = ServerSettings(language="de", only_to_me=True, age_limit=12, channels=("11", "12"))
    await store.set_server("1", quiet)
    assert (store.server("1"), store.server("2")) == (quiet, ServerSettings())
    again = await reopened(store, tmp_path)
    assert again.server("1") == quiet
    await again.set_server("1", ServerSettings())
    await again.close()
    with sqlite3.connect(tmp_path / "movies.sqlite3") as db:
        assert db.execute("SELECT count(*) FROM servers").fetchone() == (0,)
    db.close()
