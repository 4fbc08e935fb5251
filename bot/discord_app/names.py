"""Names and descriptions of the commands, in every language that Discord is given."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.discord_app.locales import LANGUAGES
from bot.texts import Texts

_ENGLISH = Texts.load()


def named(key: str) -> locale_str:
    """A text of `discord.toml` that Discord shows in the person's language."""
    return locale_str(_ENGLISH.say(f"discord.{key}", "en"), key=f"discord.{key}")


class Translator(app_commands.Translator):
    """Looks up what `named` has named."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    async def translate(
        self, string: locale_str, locale: discord.Locale, _context: app_commands.TranslationContextTypes
    ) -> str | None:
        """The text in that language; None leaves the English one."""
        language = LANGUAGES.get(locale)
        key = string.extras.get("key")
        return self._texts.say(key, language) if language and key and language != "en" else None
