"""Which attempt and which package each artefact of a bundle comes from, by the folder it lies in.

Test output marks what ran: every folder that holds some is the root of one attempt, and what lies
below it is of that attempt. So two layouts need no rule of their own: the one that
``collect`` writes (``packages/<import path>/trace.out`` beside ``test.json``, further attempts the
same way below ``attempts/<number>/``), and what people put together by hand (``run1/test.json``,
``run2/test.json``, or the artefacts of several CI jobs, each a zip of its own).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from os.path import commonpath
from typing import NamedTuple

from flakecore.bundle.kinds import Kind

_TEST_OUTPUT = {Kind.TEST_JSON, Kind.TEST_TEXT, Kind.TEST_JUNIT}
_OF_THE_WHOLE_RUN = {Kind.MANIFEST, Kind.PREDICATES, *_TEST_OUTPUT, Kind.SOURCE}
_PACKAGES = "packages/"
# An attempt that was killed before its test output was written is one all the same.
_ATTEMPT = re.compile(r"(?:.*/)?attempts/[^/]+(?=/|$)")


class ArtefactOwner(NamedTuple):
    """The attempt and the package that an artefact comes from.

    Attributes:
        attempt: its attempt, such as ``002``; empty for the one that lies at the top, and for the
            only one where no folder of ``attempts`` numbers it.
        package: the folder it lies in below its attempt's own, which is an import path in a
            bundle that ``collect`` made; empty for what is of a whole run.
    """

    attempt: str
    package: str


def owners_of(
    kinds: Mapping[str, Kind], root: str, packages: Sequence[str]
) -> dict[str, ArtefactOwner]:
    """Return the attempt and the package of each artefact, by its path.

    Args:
        kinds: every artefact's path inside the bundle and its kind.
        root: the folder that the manifest stands in; empty for the top.
        packages: those that the manifest names. Where it is one, all is that one's.
    """
    roots = {_folder(name) for name, kind in kinds.items() if kind in _TEST_OUTPUT}
    roots |= {found[0] for name in kinds if (found := _ATTEMPT.match(_folder(name)))}
    several = len(roots) > 1
    above = commonpath(roots) if roots and "" not in roots else ""
    # Of a hunt that kept one attempt, the number names which of the recorded ones it is.
    only = above.rpartition("/")[2] if _ATTEMPT.fullmatch(above) else ""
    owners = {}
    for name, kind in kinds.items():
        folder = _folder(name)
        home = next((each for each in _upwards(folder) if each in roots), root)
        attempt = _below(home, above).removeprefix("attempts/") if several else only
        package = f"{_below(folder, home)}/".removeprefix(_PACKAGES).rstrip("/")
        if kind in _OF_THE_WHOLE_RUN:
            package = ""
        elif not package and len(packages) == 1:
            package = packages[0]
        owners[name] = ArtefactOwner(attempt, package)
    return owners


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


def _upwards(folder: str) -> list[str]:
    """Return a folder and all above it, the nearest first; the last one is the top."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[:count]) for count in range(len(parts), -1, -1)]


def _below(folder: str, home: str) -> str:
    """Return a folder's path below another; all of it where it lies elsewhere."""
    if not home:
        return folder
    return "" if folder == home else folder.removeprefix(f"{home}/")
