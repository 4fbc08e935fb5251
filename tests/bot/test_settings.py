import shlex

import pytest

from bot.settings import Settings, SettingsError, main


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("DISCORD_TOKEN", "DISCORD_API_BASE", "PARLEY_DOMAIN", "PARLEY_OWNER_IDS"):
        monkeypatch.delenv(name, raising=False)


def test_defaults_need_nothing():
    settings = Settings.read()
    assert settings.discord_token is None
    assert settings.domain == "movies"
    assert str(settings.artifacts) == "artifacts"


def test_values_come_from_the_environment_and_from_a_file(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("PARLEY_DOMAIN=courses\nDISCORD_TOKEN=from-file\n")
    monkeypatch.setenv("PARLEY_OWNER_IDS", "12, 34")
    settings = Settings.read()
    assert settings.domain == "courses"
    assert settings.owner_ids == {12, 34}
    assert settings.discord_token.get_secret_value() == "from-file"


def test_the_build_is_told_of_what_stands_in_the_file_too(tmp_path, capsys):
    (tmp_path / ".env").write_text("PARLEY_DOMAIN=courses\nPARLEY_ARTIFACTS=my models\nPARLEY_BASE_MODEL=some/model\n")
    assert main() == 0
    current, arguments = map(shlex.split, capsys.readouterr().out.splitlines())
    assert current == ["my models/courses/current"]
    assert dict(zip(arguments[::2], arguments[1::2], strict=True)) == {
        "--domain": "courses",
        "--artifacts": "my models",
        "--data": "data",
        "--base-model": "some/model",
    }


def test_a_blank_token_is_none(monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", " ")
    assert Settings.read().discord_token is None


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PARLEY_OWNER_IDS", "me", "PARLEY_OWNER_IDS"),
        ("PARLEY_DOMAIN", "../secrets", "PARLEY_DOMAIN is '../secrets'"),
        ("DISCORD_API_BASE", "ftp://x", "DISCORD_API_BASE is 'ftp://x'"),
        ("PARLEY_SLATE", "many", "PARLEY_SLATE is 'many'"),
    ],
)
def test_a_bad_value_is_one_sentence_that_names_it(monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        Settings.read()
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_adapter_of_the_owners_is_there_in_every_build(monkeypatch):
    assert "--adapter" not in Settings.read().build_arguments()
    monkeypatch.setenv("PARLEY_ADAPTER", "mine")
    arguments = Settings.read().build_arguments()
    assert arguments[arguments.index("--adapter") + 1] == "mine"


@pytest.mark.parametrize(("value", "key"), [("abc", "abc"), (" ", None)])
def test_a_blank_key_of_tmdb_is_none(monkeypatch, value, key):
    monkeypatch.setenv("TMDB_API_KEY", value)
    found = Settings.read(_env_file=None).tmdb_api_key
    assert (found.get_secret_value() if found else None) == key
