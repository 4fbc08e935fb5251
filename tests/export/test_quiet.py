import logging
import warnings

import pytest

from export.quiet import quiet


def test_only_errors_are_told(caplog):
    with warnings.catch_warnings(record=True) as told, quiet():
        warnings.warn("of internals", stacklevel=1)
        logging.getLogger("anything").warning("of internals")
        logging.getLogger("anything").error("this one")
    assert (told, [record.message for record in caplog.records]) == ([], ["this one"])


def test_afterwards_warnings_are_told_again_whatever_happened(caplog):
    with pytest.raises(ZeroDivisionError), quiet():
        raise ZeroDivisionError
    logging.getLogger("anything").warning("again")
    assert [record.message for record in caplog.records] == ["again"]
