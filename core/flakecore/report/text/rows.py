"""Rows of a report in text: cells below one another, and lines set apart by an empty one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def aligned(
    rows: Sequence[tuple[str, ...]], indent: str = "    ", *, widest: int | None = None
) -> Iterator[str]:
    """Yield a line for each row, its cells below those of the others; two blanks between cells.

    Args:
        rows: cells, equally many in each row.
        indent: what each line begins with.
        widest: characters that a column is padded to at most; None for no limit.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (
            cell.ljust(width if widest is None else min(width, widest))
            for cell, width in zip(row, widths, strict=True)
        )
        yield f"{indent}{'  '.join(padded)}".rstrip()


def set_apart(lines: Iterator[str]) -> Iterator[str]:
    """Yield lines with an empty one above; nothing if there are none."""
    first = next(lines, None)
    if first is not None:
        yield ""
        yield first
        yield from lines
