import pytest

from benchmarks.understanding import Served
from bot.resolve import Resolver
from domain.linking import Linker
from tests.fakes import ScriptedReader


class Scripted(Served):
    """A domain that is served without its files: messages are read as they were annotated."""

    reader: ScriptedReader

    def __init__(self, catalog):
        self.catalog, self.linker, self.reader = catalog, Linker(catalog), ScriptedReader()
        self.resolver = Resolver(catalog, self.linker)


@pytest.fixture
def reads(catalog):
    return Scripted(catalog)
