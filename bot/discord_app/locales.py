"""The languages of the bot as Discord calls them."""

from __future__ import annotations

from collections.abc import Mapping

import discord

LOCALES: Mapping[str, discord.Locale] = {
    "en": discord.Locale.american_english,
    "zh-CN": discord.Locale.chinese,
    "es": discord.Locale.spain_spanish,
    "de": discord.Locale.german,
    "fr": discord.Locale.french,
    "pt": discord.Locale.brazil_portuguese,
}
"""The client's language that stands for each of `bot.texts.LANGUAGES`."""

LANGUAGES: Mapping[discord.Locale, str] = {
    **{locale: language for language, locale in LOCALES.items()},
    discord.Locale.latin_american_spanish: "es",
    discord.Locale.british_english: "en",
}
"""The language of each client to which the bot can speak in its own."""
