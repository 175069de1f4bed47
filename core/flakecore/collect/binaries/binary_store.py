"""Keeps a test binary that `go test` would run and delete, and how it is run, to run it later.

`go test -exec` runs it in place of the relay, as ``binary_store SETTINGS BINARY ARGUMENTS…``, and
as the relay it imports nothing that is slow to import.
"""

from __future__ import annotations

import marshal
import os
import sys


def main(arguments: list[str]) -> int:
    """Keep a binary below the folder that the settings name."""
    with open(arguments[0], "rb") as file:  # noqa: PTH123 - pathlib is slow to import
        settings = marshal.load(file)
    binary, *rest = arguments[1:]
    name = os.path.basename(binary)  # noqa: PTH119
    package = settings["packages"].get(os.getcwd(), name.removesuffix(".test"))  # noqa: PTH109
    folder = f"{settings['binaries']}/{package}"
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103
    kept = f"{folder}/{name}"
    try:
        os.link(binary, kept)
    except OSError:  # on another file system
        with open(binary, "rb") as source, open(kept, "wb") as target:  # noqa: PTH123
            while piece := source.read(1 << 20):
                target.write(piece)
        os.chmod(kept, 0o755)  # noqa: PTH101
    how = {
        "package": package,
        "command": [kept, *rest],
        "cwd": os.getcwd(),  # noqa: PTH109
        "environment": dict(os.environ),
    }
    with open(f"{folder}/how", "wb") as file:  # noqa: PTH123
        marshal.dump(how, file)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
