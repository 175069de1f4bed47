"""Writes the tables of keys and of collect's options into the README, from the program's own."""

from __future__ import annotations

import sys
from pathlib import Path

from flaketui.app.keys import key_table_markdown
from readme_tables import option_table_markdown

README = Path(__file__).parents[1] / "README.md"


def main() -> int:
    """Replace each table between its two marks."""
    text = README.read_text()
    for name, table in (("keys", key_table_markdown()), ("options", option_table_markdown())):
        before, begin, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(f"<!-- /{name} -->")
        text = before + begin + table + end + after
    README.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
