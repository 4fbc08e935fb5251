"""Every setting, read from the environment or from `.env`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.artifact import CURRENT, ArtifactError, Manifest, OldFormatError, current


class SettingsError(Exception):
    """A setting has a value that cannot be used; the message is a sentence for the bot's owner."""


class Settings(BaseSettings):
    """What an owner can set; the README lists each with its default."""

    model_config = SettingsConfigDict(env_file=".env", env_prefix="PARLEY_", extra="ignore", populate_by_name=True)

    discord_token: SecretStr | None = Field(default=None, validation_alias="DISCORD_TOKEN")
    discord_api_base: str | None = Field(default=None, validation_alias="DISCORD_API_BASE")
    tmdb_api_key: SecretStr | None = Field(default=None, validation_alias="TMDB_API_KEY")
    state_dir: Path = Path("state")
    artifacts: Path = Path("artifacts")
    data: Path = Path("data")
    domain: str = Field(default="movies", pattern=r"^[a-z0-9][a-z0-9_-]*$")
    base_model: str = "default"
    adapter: Path | None = None
    dialogue_url: str | None = None
    dialogue_model: str = "default"
    dialogue_key: SecretStr | None = None
    owner_ids: Annotated[frozenset[int], NoDecode] = frozenset()
    surprise: float = Field(default=0.3, ge=0.0, le=3.0)
    slate: int = Field(default=3, ge=1, le=5)
    keep_days: int = Field(default=30, ge=1, le=3650)
    log_level: str = Field(default="INFO", pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")

    @field_validator("owner_ids", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("discord_api_base", "dialogue_url")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("it has to start with http:// or https://")
        return value.rstrip("/") if value else None

    @field_validator("discord_token", "tmdb_api_key", "dialogue_key")
    @classmethod
    def _blank_is_none(cls, value: SecretStr | None) -> SecretStr | None:
        return value if value and value.get_secret_value().strip() else None

    def build_arguments(self) -> list[str]:
        """How ``training.build`` is told of the domain, the folders and the dialogue model that are set here."""
        return [
            *("--domain", self.domain, "--artifacts", str(self.artifacts)),
            *("--data", str(self.data), "--base-model", self.base_model),
            *(("--adapter", str(self.adapter)) if self.adapter else ()),
        ]

    @classmethod
    def read(cls, **overrides: object) -> Settings:
        """The settings of this process.

        Raises:
            SettingsError: a value is not usable; names the setting, the value and the reason in one sentence.
        """
        try:
            return cls(**overrides)  # type: ignore[arg-type]
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0])
            variable = name if name.isupper() else f"PARLEY_{name.upper()}"
            shown = "" if "token" in name.lower() or "key" in name.lower() else f" is {first['input']!r}"
            raise SettingsError(f"{variable}{shown}: {first['msg']}") from None


def main() -> int:
    """Print, for the Makefile, what `make run` looks for and how it is built; returns the exit code.

    The first line is the file that names the version in use, the second the arguments of ``training.build``, both
    quoted for a shell: so that `.env` counts for the build as it does for the bot.
    """
    try:
        settings = Settings.read()
    except SettingsError as error:
        print(f"parley: {error}", file=sys.stderr)
        return 2
    print(shlex.quote(str(_in_use(settings.artifacts / settings.domain))))
    print(shlex.join(settings.build_arguments()))
    return 0


def _in_use(domain_folder: Path) -> Path:
    """The file that names the version in use; one that is not there if that version has to be built again."""
    version = current(domain_folder)
    try:
        Manifest.load(domain_folder / (version or ""))
    except OldFormatError:
        print(f"parley: version {version} was made by an older Parley: building it anew", file=sys.stderr)
        return domain_folder / f"{CURRENT}.of-this-format"
    except ArtifactError:
        pass
    return domain_folder / CURRENT


if __name__ == "__main__":
    sys.exit(main())
