"""Flags as `go test` takes them: one dash or two, switches with a value, the rest behind ``--``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

_TRUE = {"1", "t", "T", "true", "TRUE", "True"}
_FALSE = {"0", "f", "F", "false", "FALSE", "False"}


class GoStyleParser(argparse.ArgumentParser):
    """Keeps what follows ``--`` apart, and takes no flag for another one that begins like it."""

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse up to ``--`` and put the rest into ``go_test_args``, packages at its head apart."""
        given = list(sys.argv[1:] if args is None else args)
        end = given.index("--") if "--" in given else len(given)
        words = self._counted([self._plain(word) for word in given[:end]])
        parsed, more = super().parse_known_args([word for word in words if word], namespace)
        # Packages may stand between flags; argparse takes only the first ones together.
        parsed.packages += more
        rest = given[end + 1 :]
        while rest and not rest[0].startswith("-"):
            parsed.packages.append(rest.pop(0))
        parsed.go_test_args = rest
        return parsed, []

    def _counted(self, words: Sequence[str]) -> list[str]:
        """Return words with the number of a flag that may have one joined to it.

        What else follows such a flag is a package.
        """
        found: list[str] = []
        for word in words:
            last = self._option_string_actions.get(found[-1]) if found else None
            if last is not None and last.nargs == "?":
                number = word if word.isascii() and word.isdigit() else ""
                found[-1] += f"={number or last.const}"
                word = "" if number else word
            found.append(word)
        return found

    def _plain(self, word: str) -> str:
        """Return a word as argparse spells it; empty for a switch that is turned off."""
        if not word.startswith("-"):
            return word
        name, equals, value = word.partition("=")
        # One dash is as good as two.
        spelled = (name, f"-{name}", name[1:])
        name = next((each for each in spelled if each in self._option_string_actions), "")
        if not name:
            self._refuse(word)
        action = self._option_string_actions[name]
        if equals and action.nargs == 0:
            if value in _FALSE:
                return "--no-race" if action.dest == "race" else ""
            if value not in _TRUE:
                self.error(f"{name} is true or false, and not {value}")
        return f"{name}={value}" if equals and action.nargs != 0 else name

    def _refuse(self, word: str) -> NoReturn:
        """Report an unknown flag, and name the one to use instead."""
        # Imported here: nothing but a mistake needs it.
        from flakecore.collect.command.flags import COLLISIONS, flag_name

        if remedy := COLLISIONS.get(flag_name(word)):
            self.error(f"{word} cannot be used with collect; {remedy}")
        self.error(
            f"there is no {word}; a flag of go test or of the tests themselves goes behind two"
            f" dashes: flaketui collect PACKAGE -- {word}"
        )
