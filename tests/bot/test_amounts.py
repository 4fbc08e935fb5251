"""Numbers, money, times and dates as people write them, in six languages; and nothing that is written does harm."""

import time
from datetime import date

import pytest

from bot.amounts import amount
from domain.amount import AGE_OF_SOMEBODY, MINUTES, MONEY, RATING, YEAR, Amount

TODAY = date(2026, 6, 1)
LANGUAGES = ("en", "es", "de", "fr", "pt", "zh")


def told(language: str, text: str) -> tuple[float, float, str] | None:
    found = amount(text, language, TODAY)
    return (found.low, found.high, found.unit) if found else None


def rows(**by_language: dict[str, tuple[float, float]]) -> list[tuple[str, str, tuple[float, float]]]:
    return [(language, text, span) for language, texts in by_language.items() for text, span in texts.items()]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    rows(
        en={
            "two hours": (120, 120), "an hour and forty": (100, 100), "1h40": (100, 100), "2h": (120, 120),
            "90 to 120 minutes": (90, 120), "half an hour": (30, 30), "an hour and a half": (90, 90),
            "two and a half hours": (150, 150), "1.5 hours": (90, 90), "ninety minutes": (90, 90),
            "2 hrs 15 mins": (135, 135),
        },
        es={"dos horas": (120, 120), "una hora y media": (90, 90), "media hora": (30, 30), "noventa minutos": (90, 90)},
        de={
            "zwei Stunden": (120, 120), "anderthalb Stunden": (90, 90), "eine halbe Stunde": (30, 30),
            "1,5 Stunden": (90, 90), "neunzig Minuten": (90, 90),
        },
        fr={"deux heures": (120, 120), "une heure et demie": (90, 90), "1h30": (90, 90), "90 minutes": (90, 90)},
        pt={"duas horas": (120, 120), "uma hora e meia": (90, 90), "meia hora": (30, 30)},
        zh={
            "两个小时": (120, 120), "一个半小时": (90, 90), "两个半小时": (150, 150), "半小时": (30, 30),
            "九十分钟": (90, 90), "一小时四十分钟": (100, 100), "一百二十分钟": (120, 120),
        },
    ),
)  # fmt: skip
def test_a_time_is_told_in_minutes(language: str, text: str, expected: tuple[float, float]) -> None:
    assert told(language, text) == (*expected, MINUTES)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    rows(
        en={
            "1 to 2 hours": (60, 120), "2-3 hours": (120, 180), "between one and two hours": (60, 120),
            "one and a half to two hours": (90, 120),
        },
        es={"de 1 a 2 horas": (60, 120)},
        zh={"一到两个小时": (60, 120)},
    ),
)  # fmt: skip
def test_a_range_of_hours_is_no_sum(language: str, text: str, expected: tuple[float, float]) -> None:
    assert told(language, text) == (*expected, MINUTES)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    rows(
        en={
            "$20": (20, 20), "20 bucks": (20, 20), "$1,000": (1000, 1000), "£15.50": (15.5, 15.5), "$5-$10": (5, 10),
            "fifty euros": (50, 50), "20 to 30 dollars": (20, 30),
        },
        es={"veinte euros": (20, 20), "20 pavos": (20, 20)},
        de={"zwanzig Euro": (20, 20), "1.000 Euro": (1000, 1000)},
        fr={"vingt euros": (20, 20), "20 balles": (20, 20)},
        pt={"vinte reais": (20, 20), "R$ 20": (20, 20)},
        zh={"20块": (20, 20), "二十元": (20, 20), "一百美元": (100, 100), "一千块": (1000, 1000)},
    ),
)  # fmt: skip
def test_money_is_an_amount_whatever_the_currency(language: str, text: str, expected: tuple[float, float]) -> None:
    assert told(language, text) == (*expected, MONEY)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    rows(
        en={
            "1950": (1950, 1950), "the 90s": (1990, 1999), "'90s": (1990, 1999), "the nineties": (1990, 1999),
            "1980s": (1980, 1989), "00s": (2000, 2009), "2010s": (2010, 2019), "late 80s": (1985, 1989),
            "early 2000s": (2000, 2004), "mid-90s": (1993, 1997), "the 80s or 90s": (1980, 1999),
            "1990 to 2000": (1990, 2000), "between 1990 and 2000": (1990, 2000), "1990-2000": (1990, 2000),
        },
        es={
            "los 90": (1990, 1999), "los años 90": (1990, 1999), "los noventa": (1990, 1999),
            "años ochenta": (1980, 1989), "finales de los 80": (1985, 1989), "entre 1990 y 2000": (1990, 2000),
        },
        de={
            "90er": (1990, 1999), "90er Jahre": (1990, 1999), "den Neunzigern": (1990, 1999),
            "die achtziger Jahre": (1980, 1989), "Anfang der 90er": (1990, 1994),
        },
        fr={
            "les années 90": (1990, 1999), "années quatre-vingt-dix": (1990, 1999), "fin des années 80": (1985, 1989),
        },
        pt={"anos 90": (1990, 1999), "anos noventa": (1990, 1999), "início dos anos 90": (1990, 1994)},
        zh={
            "90年代": (1990, 1999), "九十年代": (1990, 1999), "八零年代": (1980, 1989), "80年代末": (1985, 1989),
            "2015年": (2015, 2015), "二〇一五年": (2015, 2015),
        },
    ),
)  # fmt: skip
def test_a_decade_is_its_years(language: str, text: str, expected: tuple[float, float]) -> None:
    assert told(language, text) == (*expected, YEAR)


@pytest.mark.parametrize(("text", "first"), [("the 90's", 1990), ("1990's", 1990), ("the 80’s", 1980)])
def test_a_decade_may_have_an_apostrophe(text: str, first: int) -> None:
    assert told("en", text) == (first, first + 9, YEAR)


def test_a_decade_may_have_its_century_beside_it() -> None:
    assert told("zh", "上世纪90年代") == (1990, 1999, YEAR)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    rows(
        en={
            "20th century": (1900, 1999), "the twentieth century": (1900, 1999), "this century": (2000, 2099),
            "last century": (1900, 1999),
        },
        es={"siglo 20": (1900, 1999)},
        de={"20. Jahrhundert": (1900, 1999), "letztes Jahrhundert": (1900, 1999)},
        fr={"20e siècle": (1900, 1999)},
        pt={"século 19": (1800, 1899)},
        zh={"20世纪": (1900, 1999), "二十世纪": (1900, 1999), "本世纪": (2000, 2099), "上个世纪": (1900, 1999)},
    ),
)  # fmt: skip
def test_a_century_is_its_years(language: str, text: str, expected: tuple[float, float]) -> None:
    assert told(language, text) == (*expected, YEAR)


@pytest.mark.parametrize(
    ("language", "text", "first"),
    [("es", "siglo XX", 1900), ("es", "siglo xix", 1800), ("fr", "XXe siècle", 1900), ("pt", "século XX", 1900)],
)
def test_a_century_may_be_written_in_roman_numerals(language: str, text: str, first: int) -> None:
    assert told(language, text) == (first, first + 99, YEAR)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    rows(
        en={"this year": (2026, 2026), "last year": (2025, 2025), "the last ten years": (2016, 2026)},
        es={"este año": (2026, 2026), "el año pasado": (2025, 2025)},
        de={"dieses Jahr": (2026, 2026), "letztes Jahr": (2025, 2025)},
        fr={"cette année": (2026, 2026), "les 10 dernières années": (2016, 2026)},
        pt={"este ano": (2026, 2026), "ano passado": (2025, 2025)},
        zh={"今年": (2026, 2026), "近十年": (2016, 2026)},
    ),
)  # fmt: skip
def test_years_are_counted_from_today(language: str, text: str, expected: tuple[float, float]) -> None:
    assert told(language, text) == (*expected, YEAR)


def test_last_year_is_a_word_of_its_own_in_chinese() -> None:
    assert told("zh", "去年") == (2025, 2025, YEAR)


@pytest.mark.parametrize(
    ("language", "text", "first"),
    [
        ("es", "los últimos 5 años", 2021), ("es", "los últimos 10 años", 2016), ("de", "die letzten 5 Jahre", 2021),
        ("de", "die letzten zehn Jahre", 2016), ("pt", "os últimos 5 anos", 2021), ("pt", "os últimos dez anos", 2016),
    ],
)  # fmt: skip
def test_the_last_years_are_no_age_and_no_decade(language: str, text: str, first: int) -> None:
    assert told(language, text) == (first, 2026, YEAR)


@pytest.mark.parametrize(
    ("language", "text", "years"),
    [
        ("en", "6 year old", 6), ("en", "10 year old", 10), ("en", "6yo", 6), ("en", "twelve years old", 12),
        ("es", "6 años", 6), ("de", "6 Jahre alt", 6), ("de", "10-Jährigen", 10), ("fr", "dix ans", 10),
        ("pt", "6 anos", 6), ("zh", "6岁", 6), ("zh", "十岁", 10),
    ],
)  # fmt: skip
def test_an_age_is_of_somebody(language: str, text: str, years: int) -> None:
    assert told(language, text) == (years, years, AGE_OF_SOMEBODY)


@pytest.mark.parametrize(("language", "text"), [("es", "10 años"), ("de", "10 Jahre alt"), ("pt", "dez anos")])
def test_ten_years_of_age_are_no_decade(language: str, text: str) -> None:
    assert told(language, text) == (10, 10, AGE_OF_SOMEBODY)


@pytest.mark.parametrize(("language", "text"), [("en", "6 y/o"), ("de", "sechsjährige")])
def test_an_age_may_be_written_together(language: str, text: str) -> None:
    assert told(language, text) == (6, 6, AGE_OF_SOMEBODY)


@pytest.mark.parametrize(
    ("language", "text", "share"),
    [
        ("en", "8/10", 0.8), ("en", "4 stars", 0.8), ("en", "4.5 stars", 0.9), ("es", "4 estrellas", 0.8),
        ("de", "vier Sterne", 0.8), ("fr", "4 étoiles", 0.8), ("pt", "4 estrelas", 0.8), ("zh", "4星", 0.8),
    ],
)  # fmt: skip
def test_a_rating_is_a_share_of_the_best(language: str, text: str, share: float) -> None:
    assert told(language, text) == (share, share, RATING)


@pytest.mark.parametrize("text", ["4 out of 5", "8 out of 10", "4 out of 5 stars"])
def test_out_of_tells_the_best_rating(text: str) -> None:
    assert told("en", text) == (0.8, 0.8, RATING)


@pytest.mark.parametrize(
    ("language", "text", "expected", "words"),
    [
        ("en", "300 pages", (300, 300), ("pages",)), ("en", "100 to 200 pages", (100, 200), ("to", "pages")),
        ("en", "20", (20, 20), ()), ("en", "two", (2, 2), ()), ("en", "1,234,567", (1_234_567, 1_234_567), ()),
        ("es", "trescientas páginas", (300, 300), ("páginas",)), ("de", "300 Seiten", (300, 300), ("seiten",)),
        ("fr", "deux", (2, 2), ()), ("pt", "duas", (2, 2), ()), ("zh", "三部", (3, 3), ("部",)),
        ("en", "12 weeks", (12, 12), ("weeks",)),
    ],
)  # fmt: skip
def test_a_number_of_anything_else_keeps_its_words(
    language: str, text: str, expected: tuple[float, float], words: tuple[str, ...]
) -> None:
    assert amount(text, language, TODAY) == Amount(*expected, "", words)


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("en", "two hundred pages", 200), ("en", "three hundred pages", 300), ("en", "a hundred pages", 100),
        ("en", "two thousand pages", 2000), ("es", "dos mil páginas", 2000), ("fr", "deux cents pages", 200),
        ("de", "zweihundert Seiten", 200), ("zh", "三百页", 300),
    ],
)  # fmt: skip
def test_hundreds_are_one_number(language: str, text: str, number: float) -> None:
    assert told(language, text) == (number, number, "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "text",
    ["", " ", "😀🎬", "a̷͝b̸̛o̵u̶t̷", "no number at all", "$", "/", "-", "∞", "\0", "½", "half half half"],
)
def test_what_holds_no_number_is_none(language: str, text: str) -> None:
    assert amount(text, language, TODAY) is None


ODD = {
    "nines": "9" * 400, "nines of a century": "9" * 400 + " century", "nines of a decade": "9" * 400 + "0s",
    "a message of nines": "9" * 4_000, "Chinese nines": "九" * 4_000, "hundreds": "百" * 4_000,
    "a version": "1.2.3", "a date": "12.05.2020", "commas": "1," * 2_000, "number words": "nine " * 800,
    "hundreds in words": "hundred " * 500, "zalgo": "9̶̢̛0̷s̸ " * 200, "emoji": "🎬9️⃣" * 500, "nul": "5\0" * 1_000,
    "slashes": "1/0/5", "Arabic digits": "٩٠ minutes", "wide digits": "９０分钟", "a power": "1e400",
    "German in one word": "neunzig" * 500, "French in one word": "quatre-vingt-" * 300,
    "halves": "half " * 800 + "hour",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_nothing_that_is_written_stops_or_delays(language: str, text: str) -> None:
    began = time.process_time()
    found = amount(text, language, TODAY)
    assert time.process_time() - began < 2
    assert found is None or found.low <= found.high


def test_digits_of_any_script_are_digits() -> None:
    assert told("en", "٩٠ minutes") == (90, 90, MINUTES)
    assert told("zh", "９０分钟") == (90, 90, MINUTES)


def test_of_an_unknown_language_the_english_words_are_known() -> None:
    assert told("xx", "90 minutes") == (90, 90, MINUTES)
    assert told("ja", "the 90s") == (1990, 1999, YEAR)


@pytest.mark.parametrize(
    ("text", "language"),
    [("the last few years", "en"), ("近几年", "zh"), ("los últimos años", "es"), ("den letzten Jahren", "de")],
)
def test_the_last_few_years_are_several(text: str, language: str) -> None:
    assert amount(text, language, date(2025, 6, 1)) == Amount(2020, 2025, YEAR)
    assert amount("last year", "en", date(2025, 6, 1)) == Amount(2024, 2024, YEAR)


def test_years_that_are_written_short_are_no_age() -> None:
    assert amount("last 10 yrs", "en", date(2025, 6, 1)) == Amount(2015, 2025, YEAR)
    assert amount("6 yr old", "en") == Amount(6, 6, AGE_OF_SOMEBODY)
