"""What a function may still come to from a line on, by its blocks, loops and returns."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, line_with, package
from flakecore.diagnosis.source.calls.control_flow import is_in_loop_of, may_follow
from flakecore.diagnosis.source.go_parser import Node, text_of

FUNCTION = """
func f(x int, closed bool) {{
	{}
}}
"""
LATER = """if closed {
		wait() // here
		%s
	}
	send()"""
CASES = """switch x {
	case 1:
		wait() // here
		%s
	}
	send()"""
FOLLOWS = {
    "the next statement": "wait() // here\n\tsend()",
    "the same line": "wait(); send() // here",
    "behind a block that goes on": LATER % "x++",
    "behind a case that goes on": CASES % "x++",
    "behind a return that a loop may leave": "for {\n\t\tif closed {\n\t\t\tbreak\n\t\t}\n"
    "\t\twait() // here\n\t\tif x > 2 {\n\t\t\tbreak\n\t\t}\n\t\treturn\n\t}\n\tsend()",
    "deferred before": "defer send()\n\twait() // here",
    "the next turn of a loop": "for {\n\t\tsend()\n\t\twait() // here\n\t}",
    "a label before": "again:\n\tsend()\n\twait() // here\n\tgoto again",
    "behind the brace of a block that returns": """if closed {
		return
	} else if wait() { // here
		x++
	}
	send()""",
    "behind a literal that returns": """try(func() int {
		return 1
	}, wait()) // here
	send()""",
    "behind a case that returns": """switch {
	case closed:
		return
	case wait(): // here
		x++
	}
	send()""",
}
OVER = {
    "a statement before": "send()\n\twait() // here",
    "a loop that is over": "for range x {\n\t\tsend()\n\t}\n\twait() // here",
    "behind a block that returns": LATER % "return",
    "behind a case that returns": CASES % "return",
    "the other branch": "if closed {\n\t\tx++\n\t\twait() // here\n\t\treturn\n\t} else {"
    "\n\t\tsend()\n\t}",
    "behind the return itself": LATER.replace("wait() // here\n\t\t%s", "return wait() // here"),
}


def _send_and_line(body: str) -> tuple[Node, Node, int]:
    """Return a function, its call of send, and the number of its line that is marked."""
    text = FUNCTION.format(body)
    file = package(text).files[FILE]
    (send,) = (each for each in file.calls_of if text_of(each) == "send()")
    function = next(each for each in file.functions if each.type == "function_declaration")
    return function, send, line_with(text, "// here")


@pytest.mark.parametrize("name", FOLLOWS)
def test_what_a_function_may_still_come_to(name: str) -> None:
    function, send, line = _send_and_line(FOLLOWS[name])
    assert may_follow(send, function, line)


@pytest.mark.parametrize("name", OVER)
def test_what_a_function_cannot_come_to_any_more(name: str) -> None:
    function, send, line = _send_and_line(OVER[name])
    assert not may_follow(send, function, line)


def test_from_a_line_that_is_not_known_everything_may_follow() -> None:
    function, send, _ = _send_and_line(OVER["a statement before"])
    assert may_follow(send, function, 0)


def test_a_loop_goes_around_both_or_around_one() -> None:
    function, send, line = _send_and_line(FOLLOWS["the next turn of a loop"])
    assert is_in_loop_of(send, function, line)
    function, send, line = _send_and_line(OVER["a loop that is over"])
    assert not is_in_loop_of(send, function, line)
