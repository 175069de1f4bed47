"""Tables of the README that come from the program itself."""

from __future__ import annotations

import argparse

from flaketui.commands import collect


def option_table_markdown() -> str:
    """Return what ``flaketui collect`` can be told, as a table with a row for each option."""
    commands = argparse.ArgumentParser().add_subparsers()
    rows = ["| option | does |", "| --- | --- |"]
    for action in collect.add_parser(commands)._actions:
        if action.option_strings and "--help" not in action.option_strings:
            value = f" {action.metavar}" if action.metavar else ""
            names = " ".join(f"`{name}{value}`" for name in action.option_strings)
            rows.append(f"| {names} | {action.help} |")
    return "\n".join(rows) + "\n"
