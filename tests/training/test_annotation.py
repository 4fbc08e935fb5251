"""Annotated messages are read whole or refused in a sentence, and those that ship hold what they should."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.frame import Act, Flag, Frame, Kind, LastPlan, Mention, Role, Topic
from domain.linking import normal
from domain.reading import LANGUAGES
from training.annotation import ALLOWED, DOMAINS, FOLDER, Annotated, AnnotationError, load, main, parse, render

HELD_OUT = Path(__file__).parents[1] / "reader"
LEARNED_FILES = sorted(FOLDER.glob("*.txt"))
HELD_OUT_FILES = sorted(HELD_OUT.rglob("*.txt"))


@pytest.fixture(scope="module")
def learned() -> Sequence[Annotated]:
    return list(load(LEARNED_FILES))


@pytest.fixture(scope="module")
def held_out() -> Sequence[Annotated]:
    return list(load(HELD_OUT_FILES))


def test_a_line_is_a_message_with_its_frame() -> None:
    marked = "a {comedy|value wanted theirs}, {how long|question length} is {it|pointer asked}?"
    line = f"recommend 3 ask kind | request ask child | {marked}"
    assert parse(line, "films", "en", "here:1") == Annotated(
        "a comedy, how long is it?",
        Frame(
            frozenset({Act.REQUEST, Act.ASK}),
            (
                Mention(2, 8, Kind.VALUE, Role.WANTED, theirs=True),
                Mention(10, 18, Kind.QUESTION, topic=Topic.LENGTH),
                Mention(22, 24, Kind.POINTER, Role.ASKED),
            ),
            frozenset({Flag.CHILD}),
        ),
        LastPlan("recommend", 3, "kind"),
        "films",
        "here:1",
    )


@pytest.mark.parametrize(
    ("marked", "text", "means"),
    [
        ("from {the 90s|range wanted = year 1990..1999} on", "from the 90s on", "year 1990..1999"),
        ("{heat|title liked theirs=Heat (1995)}", "heat", "Heat (1995)"),
        ("{how old|question age = age}", "how old", "age"),
        ("two lines\\nof {heat|title seen}", "two lines\nof heat", ""),
        ("a | b {两|count wanted}", "a | b 两", ""),
    ],
)
def test_a_mark_may_say_what_its_words_mean(marked: str, text: str, means: str) -> None:
    message = parse(f"start | chat | {marked}", "any", "en")
    (mention,) = message.frame.mentions
    assert (message.text, mention.means) == (text, means)
    assert marked.replace("\\n", "\n").partition("{")[2].startswith(text[mention.start : mention.end])


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", ""),
        ("hello", ""),
        ("start | greet", ""),
        ("danced | greet | hi", "cannot have done 'danced'"),
        ("recommend 3 ask shoes | greet | hi", "does not tell what was asked"),
        ("start |  | hi", "no act is given"),
        ("start | child | hi", "no act is given"),
        ("start | greet happily | hi", "'happily' is neither an act nor a flag"),
        ("start | greet |  ", ""),
        ("start | greet | {heat|title liked", "a brace is left over"),
        ("start | greet | heat}", "a brace is left over"),
        ("start | greet | {{heat|title liked}|title seen}", "a brace is left over"),
        ("start | greet | {|title liked}", "a brace is left over"),
        ("start | greet | {heat}", "a brace is left over"),
        ("start | greet | { heat|title liked}", "' heat' begins or ends with a space"),
        ("start | greet | {heat |title liked}", "'heat ' begins or ends with a space"),
        ("start | greet | {heat|title}", "is not a kind, a role and perhaps 'theirs'"),
        ("start | greet | {heat|title liked hers}", "is not a kind, a role and perhaps 'theirs'"),
        ("start | greet | {heat|title liked theirs too}", "is not a kind, a role and perhaps 'theirs'"),
        ("start | greet | {heat|film liked}", "film"),
        ("start | greet | {heat|title adored}", "adored"),
        ("start | greet | {who|question}", "a question has a topic and nothing else"),
        ("start | greet | {who|question cast theirs}", "a question has a topic and nothing else"),
        ("start | greet | {who|question shoes}", "shoes"),
        ("start | greet | {heat|title at-least}", "a title cannot be at-least"),
        ("start | greet | {90s|range seen}", "a range cannot be seen"),
        ("start | greet | {two|count liked}", "a count cannot be liked"),
        ("start | greet | {heat|= Heat (1995)}", ""),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place_and_reason(line: str, why: str) -> None:
    with pytest.raises(AnnotationError) as refused:
        parse(line, "films", "en", "films.en.some.txt:7")
    assert str(refused.value).startswith("films.en.some.txt:7: ")
    assert why in str(refused.value)


def roles_of(kind: Kind) -> list[Role]:
    return sorted(ALLOWED.get(kind, ALLOWED[Kind.TITLE]), key=lambda role: role.value)


WORDS = st.text("ab é片'\\", min_size=1, max_size=6).filter(lambda words: words == words.strip() and "\\n" not in words)
MARKED = st.sampled_from([kind for kind in Kind if kind is not Kind.QUESTION]).flatmap(
    lambda kind: st.builds(
        lambda role, theirs, means: (kind, role, None, theirs, means),
        st.sampled_from(roles_of(kind)),
        st.booleans(),
        st.sampled_from(["", "year 1990..1999", "Heat (1995)"]),
    )
)
ASKED = st.sampled_from(Topic).map(lambda topic: (Kind.QUESTION, None, topic, False, ""))


@st.composite
def messages(draw: st.DrawFn) -> Annotated:
    """Any message that can be annotated."""
    text, mentions = "x", []
    for told in draw(st.lists(st.one_of(MARKED, ASKED), max_size=4)):
        text += draw(st.sampled_from([" ", "\n", ", "]))
        words = draw(WORDS)
        kind, role, topic, theirs, means = told
        mentions.append(Mention(len(text), len(text) + len(words), kind, role, topic, theirs, means))
        text += words
    acts, flags = draw(st.frozensets(st.sampled_from(Act), min_size=1)), draw(st.frozensets(st.sampled_from(Flag)))
    after = draw(st.sampled_from([LastPlan(), LastPlan("ask", 0, "kind"), LastPlan("recommend", 3, "mood")]))
    return Annotated(text, Frame(acts, tuple(mentions), flags, "de"), after, "shop", "there:1")


@given(messages())
def test_what_is_written_is_read_as_it_was(message: Annotated) -> None:
    assert parse(render(message), "shop", "de", "there:1") == message


def test_a_file_tells_domain_language_and_place(tmp_path: Path) -> None:
    file = tmp_path / "books.es.some.txt"
    file.write_text(
        "# a comment\n\nstart | greet | hola\n  \nstart | chat | {Ficciones|title liked}\n", encoding="utf-8"
    )
    found = list(load([file]))
    assert [(m.text, m.domain, m.frame.language, m.place) for m in found] == [
        ("hola", "books", "es", "books.es.some.txt:3"),
        ("Ficciones", "books", "es", "books.es.some.txt:5"),
    ]


@pytest.mark.parametrize("name", ["cars.en.some.txt", "films.english.some.txt", "films.txt", "films", "README.md"])
def test_a_file_of_another_name_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("start | greet | hi\n")
    with pytest.raises(AnnotationError, match=rf"{name}.*DOMAIN\.LANGUAGE"):
        list(load([tmp_path / name]))


def checked(folder: Path, capsys: pytest.CaptureFixture[str], **files: str) -> tuple[int, list[str]]:
    """Exit code and lines of a check of files of films; their names are `films.en.NAME.txt`."""
    paths = [folder / f"films.en.{name}.txt" for name in files]
    for path, lines in zip(paths, files.values(), strict=True):
        path.write_text(lines, encoding="utf-8")
    return main([*map(str, paths)]), capsys.readouterr().out.splitlines()


def test_a_check_counts_what_is_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = "# films\nstart | greet | hi\n\nrecommend 3 | greet | hi\n"
    assert checked(tmp_path, capsys, a=lines, b="start | leave | bye\n") == (
        0,
        ["films.en.a.txt: 2 messages", "films.en.b.txt: 1 messages"],
    )


def test_a_check_tells_every_line_that_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = checked(tmp_path, capsys, a="start | greet | hi\nstart | sing | la\nstart | leave | {bye\n")
    assert code == 1
    assert [line.split(": ")[0] for line in lines] == ["films.en.a.txt:2", "films.en.a.txt:3", "films.en.a.txt"]
    assert lines[-1] == "films.en.a.txt: 1 messages"


def test_a_check_finds_what_stands_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = checked(tmp_path, capsys, a="start | greet | hi\n", b="start | chat | hi\n")
    assert code == 1
    assert "films.en.b.txt:1: the same message stands twice" in lines


@pytest.mark.parametrize("name", ["cars.en.some.txt", "films.english.some.txt", "notes"])
def test_a_check_tells_of_a_wrong_name(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    (tmp_path / name).write_text("start | greet | hi\n")
    assert main([str(tmp_path / name)]) == 1
    assert name in capsys.readouterr().out


@pytest.mark.parametrize("path", [*LEARNED_FILES, *HELD_OUT_FILES], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_ships_is_right(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(path)]) == 0, capsys.readouterr().out


def test_what_ships_is_written_as_it_is_read(learned: Sequence[Annotated], held_out: Sequence[Annotated]) -> None:
    for message in (*learned, *held_out):
        assert parse(render(message), message.domain, message.frame.language, message.place) == message


def test_nothing_that_is_held_out_was_learned_from(learned: Sequence[Annotated], held_out: Sequence[Annotated]) -> None:
    """But for what everybody writes: "yo", "why this?"."""
    known = {normal(message.text): message.place for message in learned}
    texts = {normal(message.text): message.place for message in held_out}
    everybody = {text for text in texts if text.count(" ") < 2 or len(text) <= 10}
    assert {text: (place, known[text]) for text, place in texts.items() if text in known.keys() - everybody} == {}


def share(found: Sequence[bool]) -> float:
    return sum(found) / len(found)


def test_enough_is_not_english_and_not_of_films(learned: Sequence[Annotated]) -> None:
    assert share([message.frame.language != "en" for message in learned]) >= 0.15
    assert share([message.domain != "films" for message in learned]) >= 0.25


def test_every_domain_and_language_and_label_is_learned(learned: Sequence[Annotated]) -> None:
    mentions = [mention for message in learned for mention in message.frame.mentions]
    assert {message.domain for message in learned} == set(DOMAINS)
    assert {message.frame.language for message in learned} == set(LANGUAGES)
    assert {act for message in learned for act in message.frame.acts} == set(Act)
    assert {flag for message in learned for flag in message.frame.flags} == set(Flag)
    assert {mention.kind for mention in mentions} == set(Kind)
    assert {mention.topic for mention in mentions} == {None, *Topic}
    assert {mention.role for mention in mentions} == {None, *Role}


def test_held_out_messages_were_annotated_twice() -> None:
    for path in sorted(HELD_OUT.glob("*.txt")):
        once, again = list(load([path])), list(load([HELD_OUT / "second" / path.name]))
        assert [message.text for message in once] == [message.text for message in again], path.name
