"""Ranges of numbers in a message: years, decades, "under two hours", "not too long", "older"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from domain.catalog import Item, Measure
from domain.preference import Constraint
from domain.stance import overlaps

_FEW = {"ten": 10, "fifteen": 15}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_NUMBER_WORDS: dict[str, float] = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "half": 0.5, "a": 1, "an": 1}
_NUMBER_WORDS |= {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "半": 0.5, **_TENS}
_PARTS = r" and (?:a |one )?(?:half|quarter|three[- ]quarters?)"
_NUMBER = (
    r"(?P<number>\d{1,7}(?:\.\d{1,7})?|one|two|three|four|five|an|half an"
    rf"|(?:a|one) hundred(?: and (?:ten|twenty|thirty))?|{'|'.join(_TENS)})(?P<part>{_PARTS})?"
)
_HUNDREDS = {"ten": 110, "twenty": 120, "thirty": 130}
_NO = r"(?:\b(?:no|not|nothing|never|none|without|cannot|cant|dont|wont|avoid|rather not)\b|n't\b)"
_NO += r"(?:(?!\b(?:and|but|or)\b)[^@]){0,28}?"
_ABOUT = r"(?:about |around |like |roughly |say |maybe )?(?:the )?$"
_MORE = r"\b(?:(?:more|longer|greater) than|over|above|past|beyond|exceed\w*|upwards of)\s+"
_LESS = r"\b(?:(?:less|shorter|fewer) than|under|below)\s+"
_SAID_BEFORE: Sequence[tuple[str, re.Pattern[str]]] = tuple(
    (sign, re.compile(pattern + _ABOUT))
    for sign, pattern in (
        ("<=", _NO + _MORE),
        (">=", _NO + _LESS),
        (">", _MORE),
        ("<", _LESS),
        ("<=", r"\b(?:at (?:the )?most|max(?:imum)?(?: of)?|up to|within)\s+"),
        (">=", r"\b(?:at (?:the )?least|min(?:imum)?(?: of)?)\s+"),
    )
)
"""What stands before an amount, and what it makes of it; the first that fits."""
_SAID_BEHIND: Sequence[tuple[str, re.Pattern[str]]] = tuple(
    (sign, re.compile(pattern))
    for sign, pattern in (
        ("<=", r"(?: \w+)? (?:max(?:imum)?|tops|at (?:the )?most|or (?:less|shorter|under|fewer))(?!\w)"),
        ("<=", r" (?:is|are) (?:my |the |our )?(?:absolute |upper )?(?:max(?:imum)?|limit|most|ceiling)(?!\w)"),
        (">=", r"(?: \w+)? (?:min(?:imum)?|at (?:the )?least|or (?:more|longer|over))(?!\w)"),
    )
)
_IS_TOO_MUCH = re.compile(r"(?:'s| is| are|:)? (?:a no\b|too (?:long|much)|out\b|off\b|not for)")
"""Behind "anything over 2 hours": that is what is not wanted."""
_HOURS_AND_MINUTES = re.compile(
    r"\b(?P<hours>\d|an?|one|two|three)(?: ?(?:h|hrs?)| hours?|(?<=\d)hours?)(?: and)? ?"
    rf"(?P<minutes>[0-5]\d|ten|fifteen|{'|'.join(_TENS)})(?: ?m(?:in(?:ute)?s?)?)?\b"
)
_BARE_MINUTES = re.compile(
    r"(?P<before>\b(?:under|below|less than|max|at most|up to|no (?:more|longer) than))\s+(?P<number>[4-9]\d|1\d\d)"
    r"(?=\s*(?:$|[,.!?;]|please\b|pls\b|plz\b|max\b|tops\b|if\b|and\b|or\b|but\b))"
)
"""What cannot but be minutes: "under 90 please"."""
_CLAUSE_EDGE = re.compile(r"[.,;!?]")
ROUGHLY = 0.15
"""How far from a number is still "around" it, as a share of it."""
_CHINESE_SIGNS: Mapping[str, str] = {
    "不超过": "<=", "最多": "<=", "以内": "<=", "之内": "<=", "以下": "<=", "少于": "<", "短于": "<", "不到": "<",
    "至少": ">=", "以上": ">=", "超过": ">", "多于": ">", "长于": ">",
}  # fmt: skip
_CHINESE_AMOUNT = (
    r"(?P<before>不超过|最多|少于|短于|不到|至少|(?<!不)超过|多于|长于)?(?P<number>\d{{1,7}}(?:\.\d{{1,7}})?|[一两二三四半])个?(?P<half>半)?"
    r"{unit}(?P<after>以内|之内|以下|以上)?(?(before)|(?(after)|(?!)))"
)
_THE_YEAR = r"(?:the )?(?:year )?(?P<year>(?:18|19|20)\d\d)"
_YEAR = rf"\s*{_THE_YEAR}"
_NEGATION = r"\b(?:nothing|not|no|none|neither|nor|never|don'?t (?:want|like|show)|anything but)\b[^.,;@]{0,40}?"
_EARLIER = r"(?:from before|before|older than|earlier than|pre-?)"
_LATER = r"(?:from after|after(?: like| about)?|newer than|later than|post-?|more recent than)"
_YEARS: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(pattern), sign)
    for pattern, sign in (
        (rf"\b(?:at (?:the )?least|no earlier than|not earlier than|minimum){_YEAR}", ">="),
        (rf"\b(?:at (?:the )?latest|no later than|not later than){_YEAR}", "<="),
        (rf"\b{_THE_YEAR}\s*at (?:the )?(?:very )?latest", "<="),
        (rf"\b{_THE_YEAR}\s*at (?:the )?(?:very )?(?:least|earliest)", ">="),
        (rf"{_NEGATION}{_EARLIER}{_YEAR}", ">="),
        (rf"{_NEGATION}{_LATER}{_YEAR}", "<="),
        (rf"\b(?:{_EARLIER}|until|up to){_YEAR}", "<"),
        (rf"\b{_LATER}{_YEAR}", ">"),
        (rf"\bsince{_YEAR}", ">="),
        (rf"\b{_THE_YEAR}\s*(?:or|and) (?:later|newer|after|above|up)", ">="),
        (rf"\b{_THE_YEAR}\s*(?:or|and) (?:earlier|older|before)", "<="),
        (rf"{_THE_YEAR}年?(?:以后|之后|后)", ">="),
        (rf"{_THE_YEAR}年?(?:以前|之前|前)", "<"),
        (rf"\b(?:from\s*)?{_THE_YEAR}\s*(?:on(?:wards?)?\b|\+)", ">="),
    )
)
_BETWEEN = re.compile(
    r"(?:\b(?:between|from)\s+(?=\d{4}\s*and)|(?<!\d)(?!\d{4}\s*and))"
    r"(?P<a>(?:18|19|20)\d\d)\s*(?:and|to|-|–|until|till)\s*(?P<b>(?:18|19|20)\d\d)(?!\d)"
)
_SINGLE_YEAR = re.compile(
    r"\b(?:in|from|of|exactly|precisely|year) (?P<year>(?:18|19|20)\d\d)\b(?!\s*(?:to|-|until|and|on|\+))"
)
_LAST_YEARS = re.compile(
    r"\b(?:last|past|previous) "
    r"(?:(?P<number>\d{1,2}|two|three|four|five|ten|twenty|few|couple of|several) years?|(?P<decade>decade))\b"
)
_MANY_YEARS: Mapping[str, int] = {
    "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10, "twenty": 20, "couple of": 3, "decade": 10
}  # fmt: skip
_THIS_CENTURY = re.compile(
    r"\b(?:(?:from |of |in )?(?:this|the present|the 21st|the current) century|(?:after|since|post) y2k)\b"
)
_TOLD = re.compile(
    r"\b(?:saw|seen|watched|was|were|been|married|born|happened|went|remember|grew up|bought|met|finished|started|"
    r"screened|wishing)\b[^.;!?]*$"
)
"""Before a year: something is told of it, not wanted of it."""
_NAMED_YEAR = re.compile(r"\b(?:from|of|in|out|released) (?P<which>this|last) year\b")
_REFUSES = re.compile(r"\b(?:nothing|not|no|never|neither|nobody|no one|without|hate|dislike)\b|n't\b")
_DECADES: Mapping[str, int] = {
    "twenties": 1920, "thirties": 1930, "forties": 1940, "fifties": 1950, "sixties": 1960, "seventies": 1970,
    "eighties": 1980, "nineties": 1990,
}  # fmt: skip
_DECADE = re.compile(
    r"\b(?:(?:(?<=years )(?P<years>\d0)(?!\d)|(?P<digits>(?:18|19|20)?\d0)'?s)|(?P<word>"
    + "|".join(_DECADES)
    + r"))(?!\w)"
)
_NOT_A_WISH = re.compile(
    r"\s+(?:ago|time|as|before|enough|are|is|week|weekend|day|night|evening|trip|flight|drive|shift|month|year|way|list|"
    r"story|haul|run|friend|school)\b"
)
"""What stands behind "long" or "old" that is not to be shown: "a long week"."""
FAR = 120
"""Characters between a number and what is said of it, at most."""
_NEGATED = re.compile(
    r"(?:not|n't|\b(?:dont|doesnt|didnt|isnt)|nothin[g']?|no|without)(?:\s+\w+){0,2}?\s+(?:(?:too|so|very|that|overly)\s+)?$|\btoo\s+$"
)
_COMPLAINT = re.compile(
    r"(?:(?:\b(?:these|those|they|that|it|this|all|both|ones?)|@)"
    r"(?:'re|'s| are| is| were| was| looks?| seems?| sounds?)\s+"
    r"(?:(?:all|both|so|too|very|really|pretty|quite|rather|a bit|kind of|kinda|way)\s+)*"
    r"|(?<!not )(?<!n't )(?<!nothing )\btoo\s+)$"
)
AGE = re.compile(
    r"\b\d+[- ]?(?:years?|yrs?|y/?o)?[- ]?olds?\b|\b\d+ ?y/?o\b|\byears? old\b|\b(?:older|younger) than \d{1,2}\b"
)
_QUESTION = re.compile(r"\bhow\s+$")


def ranges(
    masked: str,
    measures: Mapping[str, Measure],
    slate: Iterable[Item],
    this_year: int | None = None,
    newest: int | None = None,
) -> list[Constraint]:
    """The ranges that a message asks for.

    Args:
        masked: lower case, titles masked.
        measures: numeric attributes (``year`` among them) and how people speak of them.
        slate: what was shown last: "older" means older than that.
        this_year: today's by default.
        newest: year of the newest item, if that is before this year: from it "the last ten years" count.
    """
    masked = AGE.sub(lambda age: "." * len(age.group()), masked)  # a child's age is no wish for an old thing
    shown = list(slate)
    found = list(_years(masked, this_year or date.today().year, newest)) if "year" in measures else []
    for name, measure in measures.items():
        found += _amounts(masked, name, measure)
        if not any(c.attribute == name and c.include for c in found):
            found += [*_comparatives(masked, name, measure, shown), *_words(masked, name, measure, shown)]
    return list({(c.attribute, c.sign[0] if c.include else c.value): c for c in reversed(found)}.values())[::-1]


def _years(masked: str, this_year: int, newest: int | None) -> Iterator[Constraint]:
    taken: list[tuple[int, int]] = []
    for match in _LAST_YEARS.finditer(masked):
        many = match["number"] or match["decade"]
        years = int(many) if many.isdigit() else _MANY_YEARS.get(many, 5)
        yield Constraint("year", f">={min(this_year, newest or this_year) - years}")
    for match in _NAMED_YEAR.finditer(masked):
        year = this_year - (match["which"] == "last")
        yield Constraint("year", f">={year}")
        yield Constraint("year", f"<={year}")
    for match in _BETWEEN.finditer(masked):
        taken.append(match.span())
        yield Constraint("year", f">={match['a']}")
        yield Constraint("year", f"<={match['b']}")
    for pattern, sign in _YEARS:
        for match in pattern.finditer(masked):
            since = match.group().startswith("since") and _TOLD.search(_before(masked, match.start()))
            if not since and not overlaps(*match.span(), taken):
                taken.append(match.span())
                yield Constraint("year", f"{sign}{match['year']}")
    for match in _THIS_CENTURY.finditer(masked):
        yield Constraint("year", "<2000" if _is_refused(masked, match.start()) else ">=2000")
    for match in _SINGLE_YEAR.finditer(masked):
        if overlaps(*match.span(), taken) or _TOLD.search(_before(masked, match.start())):
            continue
        if _is_refused(masked, match.start()):
            yield Constraint.outside("year", int(match["year"]), int(match["year"]) + 1)
        else:
            yield Constraint("year", f">={match['year']}")
            yield Constraint("year", f"<={match['year']}")
    found = _DECADE.finditer(masked)
    yield from _joined([list(_decade(match, _clause_before(masked, match.start()))) for match in found])


def _before(masked: str, at: int) -> str:
    """What stands before a place, as far back as it may be about it."""
    return masked[max(at - FAR, 0) : at]


def _clause_before(masked: str, at: int) -> str:
    return re.split(r"[,.;]|\b(?:and|but)\b", _before(masked, at))[-1]


def _is_refused(masked: str, at: int) -> bool:
    """Whether what stands there is not wanted: "nothing from", "not this century"."""
    return bool(_REFUSES.search(_clause_before(masked, at)))


def _joined(decades: Sequence[Sequence[Constraint]]) -> Iterator[Constraint]:
    """The limits of several decades: of two whole ones, from the first to the last."""
    whole = [limits for limits in decades if len(limits) == 2]
    if len(whole) > 1:
        yield min((low for low, _ in whole), key=lambda limit: limit.number)
        yield max((high for _, high in whole), key=lambda limit: limit.number)
    for limits in decades:
        refused = len(limits) == 1 and not limits[0].include
        if (len(whole) < 2 or len(limits) != 2) and not (whole and refused):  # "no 80s, 90s please"
            yield from limits


def _decade(match: re.Match[str], before: str) -> Iterator[Constraint]:
    decade = _DECADES[match["word"]] if match["word"] else _written(match["digits"] or match["years"])
    negated = _REFUSES.search(before)
    if re.search(rf"{_EARLIER}\s*(?:the )?$", before):
        yield Constraint("year", f">={decade}" if negated else f"<{decade}")
    elif re.search(rf"{_LATER}\s*(?:the )?$", before):
        yield Constraint("year", f"<{decade + 10}" if negated else f">={decade + 10}")
    elif re.search(r"since\s+(?:the )?$", before):
        yield Constraint("year", f">={decade}")
    elif negated:
        yield Constraint.outside("year", decade, decade + 10)
    else:
        yield Constraint("year", f">={decade}")
        yield Constraint("year", f"<{decade + 10}")


def _written(digits: str) -> int:
    """1990 of "1990" and of "90", 2010 of "10"."""
    if len(digits) == 4:
        return int(digits)
    return (1900 if int(digits) >= 20 else 2000) + int(digits)


def _amounts(masked: str, name: str, measure: Measure) -> Iterator[Constraint]:
    """Limits in units: "under two hours", "nothing over 90 minutes", "an hour and a half at most"."""
    if "minutes" in measure.units:
        masked = _HOURS_AND_MINUTES.sub(lambda m: f"{60 * _whole(m['hours']) + _whole(m['minutes'])} minutes", masked)
    for match in _BARE_MINUTES.finditer(masked) if "minutes" in measure.units else ():
        sign = _sign(match["before"] + " ", "")
        if sign:
            yield Constraint.limit(name, sign, float(match["number"]))
    for unit, factor in measure.units.items():
        written = rf"[\s-]*{re.escape(unit)}(?!\w)"
        for match in re.finditer(rf"\b(?P<low>\d{{1,7}})\s*(?:and|to|-|–)\s*(?P<high>\d{{1,7}}){written}", masked):
            yield Constraint.limit(name, ">=", float(match["low"]) * factor)
            yield Constraint.limit(name, "<=", float(match["high"]) * factor)
        for match in re.finditer(rf"\b{_NUMBER}{written}(?P<more>{_PARTS})?", masked):
            before = _CLAUSE_EDGE.split(_before(masked, match.start()))[-1]
            sign = _sign(before, masked[match.end() :])
            amount = _amount(match) * factor
            if sign:
                yield Constraint.limit(name, sign, amount)
            elif re.search(r"\b(?:around|about|roughly|like) $", before):
                yield Constraint.limit(name, ">=", round(amount * (1 - ROUGHLY)))
                yield Constraint.limit(name, "<=", round(amount * (1 + ROUGHLY)))
        for match in re.finditer(_CHINESE_AMOUNT.format(unit=re.escape(unit)), masked):
            said = match["before"] or match["after"]
            half = 0.5 if match["half"] else 0
            number = _NUMBER_WORDS.get(match["number"]) or float(match["number"])
            yield Constraint.limit(name, _CHINESE_SIGNS[said], (number + half) * factor)
    for sign, adjectives in (("<", measure.low), (">", measure.high)):
        forms = "|".join(re.escape(comparative(word)) for word in adjectives if " " not in word)
        if name != "year" and forms:
            for match in re.finditer(rf"\b(?:{forms}) than (?P<number>\d{{1,7}})(?!\s*[\w-])", masked):
                yield Constraint(name, f"{sign}{match['number']}")


def _whole(written: str) -> int:
    return int(written) if written.isdigit() else int({**_NUMBER_WORDS, **_FEW}[written])


def _sign(before: str, behind: str) -> str | None:
    """What the words around an amount make of it: ``<``, ``<=``, ``>`` or ``>=``."""
    for sign, pattern in _SAID_BEFORE:
        if pattern.search(before):
            return "<=" if sign[0] == ">" and _IS_TOO_MUCH.match(behind) else sign
    return next((sign for sign, pattern in _SAID_BEHIND if pattern.match(behind)), None)


def _amount(match: re.Match[str]) -> float:
    """The number of "2", "two", "one and a half", of "an hour and a half"."""
    written = match["number"]
    words = written.split()
    if "hundred" in words:
        return float(_HUNDREDS.get(words[-1], 100))
    number = _NUMBER_WORDS[words[0]] if words[0] in _NUMBER_WORDS else float(written)
    part = match["part"] or match["more"] or ""
    return number + (0.75 if "three" in part else 0.25 if "quarter" in part else 0.5 if part else 0)


def _words(masked: str, name: str, measure: Measure, shown: Sequence[Item]) -> Iterator[Constraint]:
    """Limits in words: "short", "not too long", "recent"; "these are all old" asks for newer ones than were shown."""
    numbers = [number for item in shown if (number := item.number(name)) is not None]
    sides = (("<=", ">", measure.low, measure.low_limit), (">=", "<", measure.high, measure.high_limit))
    for sign, opposite, words, limit in sides:
        if limit is None:
            continue
        for word in words:
            for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", masked):
                before = _before(masked, match.start())
                if _NOT_A_WISH.match(masked, match.end()) or _QUESTION.search(before):
                    continue
                if numbers and _COMPLAINT.search(before):
                    said, edge = (">", max(numbers)) if sign == "<=" else ("<", min(numbers))
                else:
                    said, edge = opposite if _NEGATED.search(before) else sign, limit
                yield Constraint.limit(name, said, edge)


def _comparatives(masked: str, name: str, measure: Measure, shown: Sequence[Item]) -> Iterator[Constraint]:
    """Limits against what was shown: "older", "something shorter"."""
    numbers = [number for item in shown if (number := item.number(name)) is not None]
    if not numbers:
        return
    for words, sign, edge in ((measure.low, "<", min(numbers)), (measure.high, ">", max(numbers))):
        forms = [form for word in words if " " not in word for form in (comparative(word), f"more {word}")]
        for form in forms:
            match = re.search(rf"(?<!\w){re.escape(form)}(?! than(?! ?@))(?!\w)", masked)
            if match and not _NEGATED.search(_before(masked, match.start())):
                yield Constraint.limit(name, sign, edge)


def comparative(word: str) -> str:
    """The comparative of a short adjective: "older" of "old"."""
    return word + "r" if word.endswith("e") else word if word.endswith("er") else word + "er"
