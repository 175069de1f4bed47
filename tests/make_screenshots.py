"""Draws views of the sample at two sizes into ``screenshots/``, as SVG and as PNG.

Another folder may be named as the only argument.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import sys
import tempfile
from pathlib import Path

import resvg_py

from packages import cache_folder, cached_package
from program import SAMPLE

FOLDER = Path(__file__).parents[1] / "screenshots"
SIZES = ((80, 24), (160, 45))
VIEWS: dict[str, tuple[str, ...]] = {
    "explorer": (),
    "profile": ("P", "slash", *"courier.", "enter"),
}
"""What is drawn, each with the keys that lead there."""

FONT = "rinoh-typeface-dejavusansmono"
FONT_VERSION = "0.1.0"
FONT_FAMILY = "DejaVu Sans Mono"

# Textual's SVG has cells of 12.2 by 24.4 units, text of 20 units, and its first cell at (9, 41).
CELL_WIDTH = 12.2
ORIGIN = (9, 41)
PIXELS_PER_CELL = 14
"""Of a PNG. A whole number puts every cell's edge on a pixel's, so that blocks meet unblurred."""
FONT_SIZE = 20.8
"""At which this font's block characters are as high as a row."""
BASELINE_SHIFT = 1.0
"""By which they must be lowered then to stand in their row."""


async def svg_of_sample(columns: int, rows: int, keys: tuple[str, ...]) -> str:
    """Return the explorer on the sample, after some keys, as Textual exports it."""
    from flaketui.app.explorer import Explorer
    from tui.driving import settle

    explorer = Explorer(SAMPLE)
    async with explorer.run_test(size=(columns, rows)) as pilot:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        return explorer.export_screenshot(title="flaketui")


def png_of(svg: str) -> bytes:
    """Return an SVG of Textual as a PNG, in a font whose blocks and lines join."""
    pixel = CELL_WIDTH / PIXELS_PER_CELL
    left, top = (round(edge / pixel) * pixel for edge in ORIGIN)
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: [^;]+;", f"font-family: {FONT_FAMILY};", svg)
    svg = svg.replace("font-size: 20px", f"font-size: {FONT_SIZE}px")
    svg = svg.replace(f"translate({ORIGIN[0]}, {ORIGIN[1]})", f"translate({left}, {top})")
    svg = re.sub(
        r'(clip-terminal">\s*<rect [^>]* height=")([\d.]+)"',
        lambda clip: f'{clip[1]}{float(clip[2]) + CELL_WIDTH:.1f}"',
        svg,
    )
    svg = re.sub(
        r'(<text class="[^"]*-r\d+" x="[^"]+" y=")([\d.]+)"',
        lambda text: f'{text[1]}{float(text[2]) + BASELINE_SHIFT:.2f}"',
        svg,
    )
    drawn = resvg_py.svg_to_bytes(
        svg_string=svg,
        skip_system_fonts=True,
        font_files=[str(path) for path in sorted(font_folder().glob("DejaVuSansMono*.ttf"))],
        zoom=PIXELS_PER_CELL / CELL_WIDTH,
    )
    return bytes(drawn)


def font_folder() -> Path:
    """Return the folder of the font's files, fetched once from PyPI."""
    inside = FONT.replace("-", "_")
    home = cache_folder() / "fonts" / f"{FONT}-{FONT_VERSION}"
    return cached_package(f"{FONT}=={FONT_VERSION}", home, inside) / inside


def draw(columns: int, rows: int, keys: tuple[str, ...] = ()) -> str:
    """Return the sample's SVG at one size, as it is on everybody's machine."""
    with tempfile.TemporaryDirectory() as nobodys:
        for name in ("NO_COLOR", "SSH_CONNECTION", "SSH_TTY", "COLORTERM"):
            os.environ.pop(name, None)
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
            os.environ[name] = nobodys
        os.environ["TERM"] = "xterm-256color"
        return asyncio.run(svg_of_sample(columns, rows, keys))


def main(folder: Path = FOLDER) -> int:
    """Write every screenshot into a folder."""
    font_folder()
    for name, (columns, rows) in itertools.product(VIEWS, SIZES):
        svg = draw(columns, rows, VIEWS[name])
        place = folder / f"{name}-{columns}x{rows}"
        place.with_suffix(".svg").write_text(svg)
        place.with_suffix(".png").write_bytes(png_of(svg))
        sys.stdout.write(f"{place.with_suffix('.png')}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
