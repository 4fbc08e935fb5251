"""Cries for help are heard and talk of films is not taken for one; what is said of one's own data is obeyed."""

import json
from pathlib import Path

import pytest

from bot.guards import MOST, AboutData, Guards, Trouble

WRITTEN = Path(__file__).parent.parent / "trouble"


@pytest.fixture(scope="module")
def guards() -> Guards:
    return Guards()


def texts(name: str) -> list[str]:
    lines = (WRITTEN / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


@pytest.mark.parametrize(
    "text",
    [
        "I want to kill myself",
        "i'm going to kill myself tonight",
        "I can’t go on anymore",
        "I've been cutting myself again",
        "I took 20 sleeping pills, is that a lot?",
        "what's the easiest way to kill myself",
        "everyone would be better off without me",
        "I wish I was never born",
        "goodbye everyone, this is my last message",
        "我想死",
        "活着没意思，我不想活了",
        "我割腕了",
    ],
)
def test_who_speaks_of_ending_their_life_is_heard(guards: Guards, text: str) -> None:
    assert guards.trouble(text) is Trouble.SELF


@pytest.mark.parametrize(
    "text",
    [
        "my friend says she wants to kill herself",
        "my brother is suicidal and i don't know what to do",
        "My best friend took an overdose",
        "我朋友想自杀，我该怎么办",
    ],
)
def test_who_fears_for_somebody_else_is_heard_as_a_friend(guards: Guards, text: str) -> None:
    assert guards.trouble(text) is Trouble.FRIEND


@pytest.mark.parametrize(
    "text",
    [
        "My husband hits me",
        "my dad beats me when he's drunk",
        "He said he would kill me if I leave",
        "I don't feel safe at home",
        "my stepdad comes into my room at night",
        "我老公打我",
    ],
)
def test_who_is_hurt_by_another_is_heard(guards: Guards, text: str) -> None:
    assert guards.trouble(text) is Trouble.VIOLENCE


@pytest.mark.parametrize(
    "text",
    [
        "that film killed me",
        "Kill Bill",
        "I loved Kill Bill and To Die For",
        "The Virgin Suicides",
        "Suicide Squad was terrible",
        "Dead Poets Society",
        "I could kill for a good thriller",
        "I'm dying to see Dune",
        "I nearly died laughing",
        "a film about a man who wants to kill himself",
        "a movie about domestic violence",
        "my boyfriend is killing me with his taste in films",
        "my wife hits pause all the time",
        "my mom would kill me if I watched this",
        "I'm going to kill some time with a film",
        "I took my kids to see Up",
        "笑死我了",
        "自杀小队",
        "杀死比尔",
        "一部关于自杀的电影",
        "无聊死了，推荐个电影",
        "这部电影太好看了，我死而无憾",
        "",
    ],
)
def test_talk_of_films_is_no_cry(guards: Guards, text: str) -> None:
    assert guards.trouble(text) is None


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("that film killed me, and I want to die", Trouble.SELF),
        ("In Kill Bill he hits her, and my husband hits me too", Trouble.VIOLENCE),
        ("笑死我了。我不想活了", Trouble.SELF),
    ],
)
def test_what_is_harmless_hides_no_cry_beside_it(guards: Guards, text: str, trouble: Trouble) -> None:
    assert guards.trouble(text) is trouble


@pytest.mark.parametrize("text", ["I WANT TO DIE", "I ＷＡＮＴ to die", "i   want\tto \n die", "I want to die!!!"])
def test_how_it_is_typed_makes_no_difference(guards: Guards, text: str) -> None:
    assert guards.trouble(text) is Trouble.SELF


def test_traditional_characters_are_read_as_simplified_ones(guards: Guards) -> None:
    assert guards.trouble("我想跳樓") is guards.trouble("我想跳楼") is Trouble.SELF
    assert guards.trouble("我朋友說她想自殺") is guards.trouble("我朋友说她想自杀") is Trouble.FRIEND


def test_a_cry_in_chinese_among_english_is_heard_and_the_other_way_round(guards: Guards) -> None:
    assert guards.trouble("Heat was fine but 我不想活了") is Trouble.SELF
    assert guards.trouble("我喜欢 Heat, I want to die") is Trouble.SELF


def test_as_much_is_read_as_a_message_may_hold(guards: Guards) -> None:
    cry = " i want to die"
    assert guards.trouble("x" * (MOST - len(cry)) + cry) is Trouble.SELF
    assert guards.trouble("x" * MOST + cry) is None


def test_the_list_finds_most_cries_and_takes_little_else_for_one(guards: Guards) -> None:
    """The messages were written apart from the list."""
    cries, ordinary = texts("cries.jsonl"), texts("ordinary.jsonl")
    assert len(cries) >= 100
    assert len(ordinary) >= 400
    assert sum(guards.trouble(text) is not None for text in cries) >= 0.80 * len(cries)
    assert sum(guards.trouble(text) is not None for text in ordinary) <= 0.01 * len(ordinary)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Delete all my data!", AboutData.ERASE),
        ("please erase my profile", AboutData.ERASE),
        ("forget me", AboutData.ERASE),
        ("删除我的数据", AboutData.ERASE),
        ("把我的资料都删掉", AboutData.ERASE),
        ("忘了我吧", AboutData.ERASE),
        ("Don't remember this conversation", AboutData.FORGET_ME),
        ("please don’t remember me", AboutData.FORGET_ME),
        ("opt out", AboutData.FORGET_ME),
        ("不要记住我", AboutData.FORGET_ME),
        ("別記錄我", AboutData.FORGET_ME),
        ("What data do you have about me?", AboutData.SHOW),
        ("show me my data", AboutData.SHOW),
        ("what do you store on me?", AboutData.SHOW),
        ("你存了我的什么数据", AboutData.SHOW),
        ("查看我的数据", AboutData.SHOW),
    ],
)
def test_what_is_said_of_ones_own_data_is_understood(guards: Guards, text: str, wish: AboutData) -> None:
    assert guards.about_data(text) is wish


@pytest.mark.parametrize(
    "text",
    [
        "forget it",
        "forget that I like horror",
        "forget the last one",
        "forget Titanic",
        "don't forget me",
        "remove my horror films",
        "delete that",
        "Eternal Sunshine of the Spotless Mind",
        "show me comedies",
        "别忘了我喜欢喜剧",
        "忘掉恐怖片",
        "忘记过去",
        "",
    ],
)
def test_what_is_said_of_films_and_tastes_is_not_of_data(guards: Guards, text: str) -> None:
    assert guards.about_data(text) is None


@pytest.mark.parametrize(
    "text",
    ["delete my data, but first a comedy", "my ex said forget me and I watched Up", "删除我的数据之前推荐一部喜剧"],
)
def test_data_is_deleted_only_where_a_message_speaks_of_nothing_else(guards: Guards, text: str) -> None:
    assert guards.about_data(text) is None


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("quiero morirme", Trouble.SELF),
        ("ya no puedo más", Trouble.SELF),
        ("casi me muero de la risa con esa peli, quiero otra", None),
        ("mi mejor amiga se quiere matar y no sé qué hacer", Trouble.FRIEND),
        ("mi marido me pega", Trouble.VIOLENCE),
        ("una peli sobre un suicidio en una escuela", None),
        ("ich will nicht mehr leben", Trouble.SELF),
        ("ich bringe mich heute um", Trouble.SELF),
        ("hab mich totgelacht, mehr davon", None),
        ("mein Freund schlägt mich", Trouble.VIOLENCE),
        ("meine Schwester will sich umbringen", Trouble.FRIEND),
        ("ein Film, in dem der Held sterben muss", None),
        ("j'ai envie de mourir", Trouble.SELF),
        ("je veux plus me réveiller demain", Trouble.SELF),
        ("j'étais mort de rire, un autre comme ça", None),
        ("ma sœur veut se suicider", Trouble.FRIEND),
        ("mon copain me frappe", Trouble.VIOLENCE),
        ("un film où le héros veut se venger", None),
        ("não quero mais viver", Trouble.SELF),
        ("vou me matar hoje", Trouble.SELF),
        ("quase morri de rir com esse", None),
        ("meu namorado me bate", Trouble.VIOLENCE),
        ("minha amiga tentou se matar", Trouble.FRIEND),
        ("um filme pra ver antes de morrer", None),
    ],
)
def test_cries_in_spanish_german_french_and_portuguese_are_heard(
    guards: Guards, text: str, trouble: Trouble | None
) -> None:
    assert guards.trouble(text) is trouble


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("borra mis datos por favor", AboutData.ERASE),
        ("olvídame", AboutData.FORGET_ME),
        ("¿qué datos guardas de mí?", AboutData.SHOW),
        ("lösche bitte alle meine Daten", AboutData.ERASE),
        ("vergiss mich", AboutData.FORGET_ME),
        ("Was speicherst du über mich?", AboutData.SHOW),
        ("supprime toutes mes données stp", AboutData.ERASE),
        ("oublie-moi", AboutData.FORGET_ME),
        ("qu'est-ce que tu gardes sur moi ?", AboutData.SHOW),
        ("apague os meus dados", AboutData.ERASE),
        ("esquece tudo sobre mim", AboutData.FORGET_ME),
        ("que dados você guarda sobre mim?", AboutData.SHOW),
        ("una película que borra mis datos mentales", None),
        ("vergiss den letzten", None),
    ],
)
def test_words_about_ones_data_are_obeyed_in_other_languages(guards: Guards, text: str, wish: AboutData | None) -> None:
    assert guards.about_data(text) is wish


@pytest.mark.parametrize(
    "text",
    [
        "j'en peux plus", "pas d'amis pas de travail j'en peux plus", "ya no puedo más",
        "ni duermo ni como ya no puedo más", "não aguento mais", "nem consigo dormir não aguento mais",
    ],
)  # fmt: skip
def test_who_cannot_bear_more_is_heard_whatever_is_said_before_it(guards: Guards, text: str) -> None:
    assert guards.trouble(text)
