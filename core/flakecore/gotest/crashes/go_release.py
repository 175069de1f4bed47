"""The Go release that a log's stacks name: it stands in the paths of the standard library's files.

Where a release is unpacked, its folder is named after it: ``/opt/hostedtoolcache/go/1.23.3/x64``
(GitHub's runners), ``…/toolchain@v0.0.1-go1.25.6.linux-amd64`` (the go command's own toolchains),
``/root/sdk/go1.22.1`` (golang.org/dl), ``/usr/local/Cellar/go/1.21.4/libexec`` (Homebrew),
``/nix/store/…-go-1.21.4/share/go``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flakecore.gotest.crashes.crashes import Crash
from flakecore.gotest.crashes.races import Race

_FILE = re.compile(r"[/\\]src[/\\](?:runtime|testing|sync|time)[/\\]\w+\.go$")
_NUMBER = r"(1\.\d{1,3}(?:\.\d{1,3})?(?:rc\d|beta\d)?)"
_NAMED = re.compile(rf"(?:^|[-@])go-?{_NUMBER}(?![\d.]*\d)")
_ALONE = re.compile(_NUMBER)
_ABOVE = 5
"""Folders above ``src`` that may be named after the release."""
_FRAMES = 200
"""Frames that are looked at: the first stack of a crash is testing's or the runtime's own."""


def go_release(crashes: Iterable[Crash], races: Iterable[Race]) -> str:
    """Return the release, ``go1.23.3``; "" where no path of the first frames names one."""
    for _, file in zip(range(_FRAMES), _files(crashes, races), strict=False):
        found = _FILE.search(file)
        release = (
            _release_in_folders(re.split(r"[/\\]", file[: found.start()]))
            if found is not None
            else ""
        )
        if release:
            return f"go{release}"
    return ""


def _files(crashes: Iterable[Crash], races: Iterable[Race]) -> Iterator[str]:
    for crash in crashes:
        for goroutine in crash.goroutines:
            yield from (frame.file for frame in goroutine.frames)
    for race in races:
        for access in race.accesses:
            yield from (frame.file for frame in access.frames)
        for started in race.goroutines:
            yield from (frame.file for frame in started.frames)


def _release_in_folders(folders: list[str]) -> str:
    for above, folder in reversed(list(zip(["", *folders], folders, strict=False))[-_ABOVE:]):
        alone = _ALONE.fullmatch(folder) if above in ("go", "golang") else None
        found = alone or _NAMED.search(folder)
        if found is not None:
            return found[1]
    return ""
