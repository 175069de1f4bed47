"""Writes the table of keys into the README from the registry of keys."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from flaketui.keys import key_table_markdown

README = Path(__file__).parents[1] / "README.md"
PLACE = re.compile(r"(<!-- keys -->\n).*(<!-- /keys -->)", re.DOTALL)


def main() -> int:
    """Replace the table between its two marks."""
    table = key_table_markdown()
    text = README.read_text()
    README.write_text(PLACE.sub(lambda place: place[1] + table + place[2], text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
