"""Every kind of card and page that the bot shows, with films for data, in two languages: for snapshots and pictures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import discord
import simcord

from bot.exchange import Card, Incoming, Rated, Reply
from bot.history import PersonalSettings, Saved, ServerSettings
from bot.posters import Addresses, Film
from bot.profile import Line, Wish
from domain.preference import Constraint, Opinion, Verdict
from tests.bot.discord_app.fakes import FakeConversation

LANGUAGES = ("en", "zh-CN")

Scene: TypeAlias = Callable[["Stage"], Awaitable[None]]

TENSE, SHORT = Constraint("mood", "tense"), Constraint("length", "<150")
OLDER = Constraint("year", "<1996")
YEARS = {"Twelve Monkeys": 1995, "Mission: Impossible": 1996, "The Rock": 1996, "Ronin": 1998, "Speed": 1994}
TITLES = {
    "Twelve Monkeys": "十二猴子",
    "Mission: Impossible": "碟中谍",
    "The Rock": "勇闯夺命岛",
    "Ronin": "冷血悍将",
    "Speed": "生死时速",
}
"""What Chinese calls them."""
FACTS = {
    "en": {
        "Twelve Monkeys": "Mystery · sci-fi · thriller · 129 minutes",
        "Mission: Impossible": "Action · thriller · 110 minutes",
        "The Rock": "Action · thriller · 136 minutes",
        "Ronin": "Action · crime · thriller · 122 minutes",
        "Speed": "Action · thriller · 116 minutes",
    },
    "zh-CN": {
        "Twelve Monkeys": "悬疑 · 科幻 · 惊悚 · 129分钟",
        "Mission: Impossible": "动作 · 惊悚 · 110分钟",
        "The Rock": "动作 · 惊悚 · 136分钟",
        "Ronin": "动作 · 犯罪 · 惊悚 · 122分钟",
        "Speed": "动作 · 惊悚 · 116分钟",
    },
}
LINES = {
    "en": {
        "Twelve Monkeys": "A convict is sent back to learn how the world ended. People who like Heat tend to like it.",
        "Mission: Impossible": "An agent who is blamed for a mole has to break into the one vault nobody leaves.",
        "The Rock": "A chemist and an old prisoner break into Alcatraz to stop a rocket.",
        "Ronin": "Strangers are hired for a suitcase, and none of them asks what is in it.",
        "Speed": "A bus must not slow down, and it is rush hour.",
    },
    "zh-CN": {
        "Twelve Monkeys": "一名囚犯被送回过去，查明世界是怎样毁灭的。喜欢《盗火线》的人多半也喜欢它。",
        "Mission: Impossible": "被当成内鬼的特工，必须闯入没有人能全身而退的金库。",
        "The Rock": "一位化学专家和一名老囚犯潜入恶魔岛，阻止火箭发射。",
        "Ronin": "几个陌生人受雇夺取一只手提箱，没有人问里面是什么。",
        "Speed": "公交车不能减速，而此时正是高峰。",
    },
}
SAID = {
    "en": {
        "opening": "Tense, and not too long, with Heat and Fargo in mind.",
        "close": "The Rock is the newest of the three.",
        "tense": "tense",
        "short": "under 150 minutes",
        "older": "before 1996",
        "question": "What are you in the mood for: something tense, or something to laugh at?",
        "asked": "I loved Heat and Fargo, hated Titanic. Something tense, not too long?",
        "held": "Remembered between conversations: yes. Your ratings improve the shared model: no.",
        "liked": "Liked: Heat (1995) (2026-11-03)",
        "disliked": "Disliked: Titanic (1997) (2026-11-03)",
        "wanted": "You want: tense",
        "greeting": "Hello, good to meet you. Name a film or two that you loved, or tell me what you feel like.",
        "listed": "You agreed to be remembered (2026-11-03)\nLiked: Heat (1995) (2026-11-03)\n"
        "Disliked: Titanic (1997) (2026-11-03)\nWanted: tense (2026-11-27)\n"
        "You said: I loved Heat and Fargo, hated Titanic. Something tense, not too long? (2026-11-27)\n"
        "Recommended: Twelve Monkeys (1995) (2026-11-27)\nOn your list: Ronin (1998) (2026-11-03)",
        "why": "Because you liked Heat (1995), and people who like that tend to like Twelve Monkeys (1995).",
        "training": "epoch 18 of 35",
    },
    "zh-CN": {
        "opening": "紧张，又不太长，照着《盗火线》和《冰血暴》来找。",
        "close": "三部里《勇闯夺命岛》最新。",
        "tense": "紧张",
        "short": "少于150分钟",
        "older": "1996年以前",
        "question": "你现在想看什么样的：紧张一点的，还是好笑一点的？",
        "asked": "我很喜欢 Heat 和 Fargo，讨厌 Titanic。想看紧张一点、不太长的。",
        "held": "记住我们的对话：是。用你的评价改进共享模型：否。",
        "liked": "喜欢：《盗火线》（1995）（2026-11-03）",
        "disliked": "不喜欢：《泰坦尼克号》（1997）（2026-11-03）",
        "wanted": "想要：紧张",
        "greeting": "你好，很高兴认识你。说一两部你爱的电影，或者告诉我你现在想看什么。",
        "listed": "你同意被记住（2026-11-03）\n喜欢：Heat (1995)（2026-11-03）\n不喜欢：Titanic (1997)（2026-11-03）\n"
        "想要：紧张（2026-11-27）\n"
        "你说过：我很喜欢 Heat 和 Fargo，讨厌 Titanic。想看紧张一点、不太长的。（2026-11-27）\n"
        "推荐过：Twelve Monkeys (1995)（2026-11-27）\n清单上有：Ronin (1998)（2026-11-03）",
        "why": "因为你喜欢《Heat》（1995），而喜欢它的人多半也喜欢《Twelve Monkeys》（1995）。",
        "training": "第 18 轮，共 35 轮",
    },
}


class ShowcaseConversation(FakeConversation):
    """Recommends the same few films to everybody, in one language; what it shows beside them is set by a scene."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.films = 3
        self.pictures = True
        self.asks_to_remember = False
        self.wishes_of_all: Mapping[Constraint, str] = {TENSE: "tense", SHORT: "short"}

    def _reply(self, incoming: Incoming, *, cards: bool = False) -> Reply:
        said, asks = SAID[self.language], self.asks_to_remember
        if incoming.text == "hi":
            return Reply(said["greeting"], "ask", ask_to_remember=asks, language=self.language, greets=True)
        if not cards and "?" not in incoming.text and "。" not in incoming.text and not incoming.slate:
            return Reply(said["question"], "ask", ask_to_remember=asks, language=self.language)
        shown = tuple(self._card(title) for title in list(YEARS)[: self.films])
        wishes = tuple(Wish((wish,), said[key]) for wish, key in self.wishes_of_all.items())
        told = "".join(f" {card.name}: {card.line}" for card in shown)
        text = f"{said['opening']}{told} {said['close']}"
        return Reply(text, "recommend", shown, said["opening"], said["close"], wishes, asks, self.language)

    def _card(self, title: str) -> Card:
        image = f"https://pictures.example.org/{_slug(title)}.jpg" if self.pictures else None
        facts, line = FACTS[self.language][title], LINES[self.language][title]
        original = title if self.language == "zh-CN" else ""
        return Card(_id(title), self.name_of(_id(title)), facts, line, title, YEARS[title], image, original)

    async def rate(
        self, incoming: Incoming, item_id: str, verdict: Verdict, source: Literal["button", "command"]
    ) -> Reply | None:
        name = self.name_of(item_id)
        text = self.text(f"conversation.rated_{verdict}", self.language, name=name)
        return Reply(text, "chat", language=self.language, rated=Rated(Opinion(item_id, verdict, source, 20_760), name))

    def text(self, key: str, locale: str | None = None, **values: object) -> str:
        words = {"noun": "电影", "nouns": "电影", "had": "看过"} if self.language == "zh-CN" else {}
        return super().text(key, locale, **{**words, **values})

    def name_of(self, item_id: str, language: str | None = None) -> str:
        title = next((title for title in YEARS if _id(title) == item_id), None)
        if title is None:
            return item_id
        return f"{title} ({YEARS[title]})" if self.language == "en" else f"《{TITLES[title]}》（{YEARS[title]}）"

    def facts_of(self, item_id: str, language: str) -> str:
        return next(facts for title, facts in FACTS[self.language].items() if _id(title) == item_id)

    def settings(self, person_id: str) -> PersonalSettings:
        return PersonalSettings(language=self.language)

    def language_for(
        self, person_id: str, locale: str | None = None, text: str = "", server: ServerSettings | None = None
    ) -> str:
        return self.language

    async def lines(self, person_id: str, locale: str | None = None) -> tuple[str, list[Line]]:
        said = SAID[self.language]
        wish = Wish((TENSE,), said["tense"])
        opinions = [Line(said["liked"], "110", "Heat (1995)"), Line(said["disliked"], "1721", "Titanic (1997)")]
        return said["held"], [Line(said["wanted"], wish=wish.token), *opinions]

    async def held(self, person_id: str, locale: str | None = None) -> Reply:
        return Reply(SAID[self.language]["listed"], "answer", language=self.language, private=True)

    async def consents(self, person_id: str) -> tuple[bool, bool]:
        return True, False

    async def why(self, incoming: Incoming, item_ids: Sequence[str] = ()) -> Reply:
        return Reply(SAID[self.language]["why"], "answer", language=self.language, private=True)

    async def saved(self, person_id: str) -> tuple[Saved, ...]:
        return self.lists.get(person_id) or (Saved(_id("Ronin"), 20_760), Saved(_id("Speed"), 20_761))


def _slug(title: str) -> str:
    return title.replace(" ", "-").replace(":", "")


def _id(title: str) -> str:
    return str(1000 + list(YEARS).index(title))


class KnownPosters:
    """Has the posters of all films."""

    async def kept(self, films: Mapping[Film, str]) -> Addresses:
        return {film: f"https://image.tmdb.org/t/p/w342/{_slug(film[0])}.jpg" for film in films}


@dataclass
class Stage:
    """Where a scene plays: SimCord with the bot in it, somebody with direct messages, and a room in a server."""

    env: simcord.Env
    conversation: ShowcaseConversation
    ann: simcord.UserHandle
    keeper: simcord.MemberActor
    room: simcord.ChannelHandle

    @property
    def asked(self) -> str:
        return SAID[self.conversation.language]["asked"]

    async def card(self) -> Any:
        """Ask for something in direct messages; the card that comes."""
        await self.ann.send_dm(self.asked)
        return self.ann.dm_channel.history()[-1]


async def card(stage: Stage) -> None:
    await stage.card()


async def first_card(stage: Stage) -> None:
    stage.conversation.asks_to_remember = True
    await stage.card()


async def pressed_card(stage: Stage) -> None:
    shown = await stage.card()
    await stage.ann.click(shown, custom_id=f"rate:like:={_id('Twelve Monkeys')}")
    await stage.ann.click(shown, custom_id=f"save:={_id('The Rock')}")


async def dropped_wish(stage: Stage) -> None:
    await stage.ann.click(await stage.card(), custom_id=f"drop:{Wish((SHORT,), '').token}")


async def older_card(stage: Stage) -> None:
    shown = await stage.card()
    stage.conversation.wishes_of_all = {**stage.conversation.wishes_of_all, OLDER: "older"}
    await stage.ann.click(shown, custom_id=f"say:older:3:{stage.conversation.language}")


async def shared_card(stage: Stage) -> None:
    stage.conversation.asks_to_remember = True
    await stage.keeper.send(stage.room, f"<@{stage.env.bot.user.id}> {stage.asked}")


async def posters(stage: Stage) -> None:
    stage.conversation.pictures = False
    stage.env.bot.deliver._posters = KnownPosters()
    await stage.card()


async def five_items(stage: Stage) -> None:
    stage.conversation.films = 5
    await stage.card()


async def plain_text(stage: Stage) -> None:
    stage.env.inject_error("POST", f"/channels/{stage.ann.dm_channel.id}/messages", status=400, code=50035)
    await stage.card()


async def question(stage: Stage) -> None:
    stage.conversation.asks_to_remember = True
    await stage.ann.send_dm("hm")


async def rated(stage: Stage) -> None:
    await stage.keeper.send(stage.room, f"<@{stage.env.bot.user.id}> {stage.asked}")
    await stage.keeper.click(stage.room.last_message, custom_id=f"rate:like:={_id('Twelve Monkeys')}")


async def greeting(stage: Stage) -> None:
    stage.conversation.asks_to_remember = True
    await stage.ann.send_dm("hi")


async def retraining(stage: Stage) -> None:
    await _retrain(stage)


async def retrained(stage: Stage) -> None:
    await _retrain(stage)


async def _retrain(stage: Stage) -> None:
    """A retrain by an owner, in the middle of which it tells how far it is."""
    bot, said = stage.env.bot, SAID[stage.conversation.language]
    bot._settings = bot._settings.model_copy(update={"owner_ids": frozenset({stage.keeper.id})})
    bot.retraining.starts_at, bot.retraining.says = 0.54, said["training"]
    await stage.keeper.slash(stage.room, "admin retrain")


def command(name: str, **options: Any) -> Scene:
    """A command, given in a server by somebody who manages it."""

    async def scene(stage: Stage) -> None:
        await stage.keeper.slash(stage.room, name, **options)

    return scene


SCENES: dict[str, Scene] = {
    **{scene.__name__: scene for scene in (card, first_card, pressed_card, dropped_wish, older_card, shared_card)},
    **{scene.__name__: scene for scene in (posters, five_items, plain_text, question, rated)},
    **{scene.__name__: scene for scene in (greeting, retraining, retrained)},
    "privacy": command("privacy show"),
    "why": command("why"),
    "which_title": command("rate", item="heat", verdict="like"),
    "recommend": command("recommend"),
    "me": command("me"),
    "watchlist": command("watchlist show"),
    "settings": command("settings"),
    "server": command("server set"),
    "erase": command("privacy erase"),
    "help": command("help"),
}


@dataclass(frozen=True)
class Sent:
    """A message as the bot has sent it, or changed it."""

    method: str
    path: str
    body: dict[str, Any]

    @property
    def shown(self) -> dict[str, Any]:
        """What of it is seen: content, components and flags; of an answer to an interaction, its data."""
        return self.body.get("data") if self.path.endswith("/callback") else self.body


async def play(stage: Stage, scene: Scene) -> list[Sent]:
    """The messages that a scene ends with: the last answer of the bot, in all its parts."""
    await scene(stage)
    requests = [request for request in stage.env.http_requests if isinstance(request.json, dict)]
    sent = [Sent(request.method, request.path, request.json) for request in requests]
    shown = [one for one in sent if one.shown and (one.shown.get("content") or one.shown.get("components"))]
    if scene is older_card:  # the card that was pressed is edited last, to show it
        shown = [one for one in shown if one.path.endswith("@original")]
    last = shown[0] if scene is retraining else shown[-1]
    together = last.method == "POST" and scene is five_items
    return [one for one in shown if one.path == last.path] if together else [last]


def stage_of(env: simcord.Env, conversation: ShowcaseConversation) -> Stage:
    """A stage with a server on it."""
    room = env.create_guild().create_text_channel("films")
    role = env.guild.create_role("keepers", permissions=discord.Permissions(administrator=True))
    keeper = env.guild.add_member(env.create_user("keeper"), roles=[role])
    return Stage(env, conversation, env.create_user("ann"), keeper, room)
