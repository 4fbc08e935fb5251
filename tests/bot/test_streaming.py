"""A reply is shown while it is being written: what settles stays, and the terminal prints nothing twice."""

import io
import itertools

import pytest

from bot.exchange import Reply
from bot.history import History
from bot.terminal import _Printed
from tests.bot.test_elsewhere import LIKED, Room

DRAFT = "After #1, then.\n@1 Worth it.\n@2 Fine, too.\n@3 And this."


@pytest.fixture
async def shown(tmp_path, catalog, threads):
    """All that is shown of a reply whose words a model writes, and the reply."""
    history = await History.open(tmp_path, "movies")
    room = Room(tmp_path, history, threads, catalog, far=DRAFT)
    replies = []

    async def show(reply):
        replies.append(reply)

    final = await room.conversation.turn(room.incoming(LIKED, "terminal"), show)
    yield replies, final
    await history.close()


async def test_the_slate_is_there_before_the_words(shown):
    replies, final = shown
    assert replies[0].cards
    assert [card.item_id for card in replies[0].cards] == [card.item_id for card in final.cards]
    assert replies[0].settled == ""


async def test_what_has_settled_only_grows_and_begins_the_reply(shown):
    replies, final = shown
    texts = [reply.settled for reply in replies] + [final.text]
    assert len(set(texts)) > 2
    assert all(later.startswith(text) for text, later in itertools.pairwise(texts))


async def test_the_terminal_prints_a_reply_once(shown):
    replies, final = shown
    out = io.StringIO()
    printed = _Printed(out)
    for reply in replies:
        await printed.show(reply)
    assert out.getvalue()
    printed.finish(final)
    assert out.getvalue() == f"{final.text}\n\n"


async def test_a_reply_that_turned_out_otherwise_is_printed_whole():
    out = io.StringIO()
    printed = _Printed(out)
    await printed.show(Reply("After Heat", "recommend", settled="After Heat"))
    printed.finish(Reply("Something went wrong.", "chat"))
    assert out.getvalue() == "After Heat\nSomething went wrong.\n\n"
