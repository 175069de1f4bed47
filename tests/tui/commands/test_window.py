"""A window that ends before it begins is refused, wherever one can be named."""

from __future__ import annotations

import pytest

from program import SAMPLE, call_program

COMMANDS = (("export", "--format", "folded"), ("profile", "--kind", "trace-wait"), ("events",))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command[0]))
def test_a_window_that_ends_before_it_begins_is_refused_with_what_to_do(
    command: tuple[str, ...],
) -> None:
    ran = call_program(*command, SAMPLE, "--from", "2s", "--to", "1s")
    assert ran.returncode == 2
    assert ran.stdout == ""
    said = "--to is before --from, so that nothing lies between; exchange the two"
    assert ran.stderr == f"flaketui: {said}\n"


def test_the_same_window_the_right_way_round_has_something_in_it() -> None:
    ran = call_program("events", SAMPLE, "--from", "1s", "--to", "1.1s")
    assert ran.returncode == 0
    assert ran.stdout
