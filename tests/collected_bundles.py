"""Bundles that ``flaketui collect`` makes, without a Python of its own for each of them.

Starting one and reading its own bundle again is a third of what collecting a small program costs.
What the command line does besides is tested by running it, under ``tests/collect``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from flakecore.collect import collect
from flaketui import __version__
from flaketui.cli import make_parser
from flaketui.commands.collecting.collect import collect_options
from standard_library_once import standard_library_once
from toolchains import NEWEST, go_environment, go_toolchain


def collect_into(
    bundle: Path, folder: Path, *arguments: str, release: str = NEWEST, race: bool = False
) -> None:
    """Write the bundle that the command line would, called with some arguments in a folder.

    Args:
        bundle: where it goes.
        folder: the working directory.
        arguments: what is typed after ``flaketui collect``.
        release: the Go release.
        race: whether the race detector needs its C compiler.
    """
    named = ["collect", "--go", str(go_toolchain(release)), "-o", str(bundle), *arguments]
    options = replace(collect_options(make_parser().parse_args(named)), cwd=folder)
    with go_settings(release, race=race):
        collect(options, lambda _: None, lambda _: None, version=__version__)


@contextmanager
def go_settings(release: str = NEWEST, *, race: bool = False) -> Iterator[None]:
    """Give this process the environment to run one release in, while the block runs."""
    wanted = go_environment(release, race=race)
    with standard_library_once(), pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - wanted.keys():
            patch.delenv(name)
        for name, text in wanted.items():
            patch.setenv(name, text)
        yield
