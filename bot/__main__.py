"""The composition root: the only place that knows every part of the bot."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import sys
from concurrent.futures import ThreadPoolExecutor

from bot import instructions
from bot.conversation import Conversation
from bot.dialogue import Dialogue, DraftingDialogue, NoDialogue
from bot.ending import SECONDS, end_within, stop_signals
from bot.endpoint import Endpoint
from bot.history import History, HistoryError
from bot.models import Serving, load_current
from bot.posters import Posters
from bot.retraining import Retraining
from bot.settings import Settings, SettingsError
from bot.terminal import standard_streams, talk
from bot.texts import Texts
from domain.artifact import ArtifactError

THINKING = 2
"""Turns that are thought about side by side: more would only make each of them slower."""
EXIT_REFUSED = 2
"""The exit code after a sentence about something that the owner has to mend."""


def main(arguments: list[str] | None = None) -> int:
    """Run the bot; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot", description="Talk: on Discord with a token, else here.")
    parser.add_argument("--domain", help="which artifacts to serve (default: PARLEY_DOMAIN or movies)")
    options = parser.parse_args(arguments)
    try:
        settings = Settings.read(**({"domain": options.domain} if options.domain else {}))
        _log_to_stderr(settings)
        return asyncio.run(_run(settings))
    except (SettingsError, ArtifactError, HistoryError) as error:
        print(f"parley: {error}", file=sys.stderr)
        return EXIT_REFUSED
    except KeyboardInterrupt:
        return 0


async def _run(settings: Settings) -> int:
    texts = Texts.load()
    folder = settings.artifacts / settings.domain
    models = await asyncio.to_thread(load_current, folder, texts, _warn)
    for lack in models.lacks:
        _warn(f"version {models.manifest.version} has {lack}")
    async with contextlib.AsyncExitStack() as stack:
        history = await History.open(settings.state_dir, settings.domain, settings.keep_days)
        stack.push_async_callback(history.close)
        threads = stack.enter_context(ThreadPoolExecutor(max_workers=THINKING, thread_name_prefix="models"))
        serving = Serving(folder, texts, models)
        stack.push_async_callback(serving.close)
        await serving.start()
        watcher = asyncio.create_task(serving.watch())
        stack.callback(watcher.cancel)
        elsewhere = _elsewhere(settings)
        stack.push_async_callback(elsewhere.close)
        await elsewhere.start()
        conversation = Conversation(
            serving,
            history,
            texts,
            threads,
            slate=settings.slate,
            surprise=settings.surprise,
            elsewhere=elsewhere,
        )
        return await _talk(settings, conversation, serving, history, texts)


def _elsewhere(settings: Settings) -> Dialogue:
    """What puts replies into words on the server that the owner named, if any."""
    if settings.dialogue_url is None:
        return NoDialogue()
    key = settings.dialogue_key.get_secret_value() if settings.dialogue_key else None
    return DraftingDialogue(Endpoint(settings.dialogue_url, settings.dialogue_model, key), instructions.ask)


async def _talk(
    settings: Settings, conversation: Conversation, serving: Serving, history: History, texts: Texts
) -> int:
    if settings.discord_token is None:
        print("Parley is ready: say something, for example “I loved Heat. Something tense?”", file=sys.stderr)
        with stop_signals() as stop:
            await talk(conversation, *standard_streams(), stop)
        end_within(SECONDS)
        return 0
    from bot.discord_app.client import serve

    async with contextlib.AsyncExitStack() as stack:
        posters = None
        if settings.tmdb_api_key:
            kept = Posters.open(settings.state_dir, settings.tmdb_api_key.get_secret_value())
            posters = await stack.enter_async_context(kept)
        retraining = Retraining(settings, history, serving.refresh)
        return await serve(settings, conversation, retraining, texts, posters)


def _log_to_stderr(settings: Settings) -> None:
    logging.basicConfig(
        level=settings.log_level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for name in ("aiosqlite", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _warn(sentence: str) -> None:
    print(f"parley: {sentence}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
