import json

from benchmarks import situations
from bot.texts import Texts
from tests.fakes import ScriptedReader, models_of
from training.annotation import parse

LINES = ("request | a {thriller|value wanted}", "request | a {comedy|value wanted}", "greet | hello", "thank | thanks")


async def drawn(catalog, capsys, count, seed):
    """Situations of a bot that is told a few messages."""
    reader = ScriptedReader()
    messages = [parse(f"start | {line}", "films", "en") for line in LINES]
    for line in LINES:
        reader.learn(line)
    await situations.print_situations(models_of(catalog, Texts.load(), reader=reader), messages, count, seed)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


async def test_situations_come_up_one_by_one_and_none_twice(catalog, capsys):
    told = await drawn(catalog, capsys, 3, seed=1)
    assert [one["id"] for one in told] == ["1-0", "1-1", "1-2"]
    assert len({json.dumps({**one, "id": ""}) for one in told}) == 3
    assert all(one["moves"] for one in told)


async def test_the_same_seed_draws_the_same(catalog, capsys):
    assert await drawn(catalog, capsys, 2, seed=5) == await drawn(catalog, capsys, 2, seed=5)
