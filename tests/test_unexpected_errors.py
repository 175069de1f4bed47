from __future__ import annotations

import logging

import pytest

from flakecore.unexpected_errors import loss_of_error


def test_the_loss_names_the_file_the_error_and_its_place_and_the_log_has_the_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG, "flakecore"):
        try:
            dict[str, int]()["key"]
        except KeyError as error:
            loss = loss_of_error(error, "trace.out")
    assert loss.where == "trace.out"
    assert "KeyError in test_unexpected_errors.py:" in loss.what
    assert "please report it, with what --debug prints" in loss.what
    assert "Traceback" in caplog.text
