"""Writes the tables of the README and of the pages below it, from the program's own."""

from __future__ import annotations

import sys

from readme_tables import GENERATED


def main() -> int:
    """Replace each table between its two marks."""
    for page, tables in GENERATED.items():
        text = page.read_text()
        for name, table in tables.items():
            before, begin, rest = text.partition(f"<!-- {name} -->\n")
            _, end, after = rest.partition(f"<!-- /{name} -->")
            text = before + begin + table() + end + after
        page.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
