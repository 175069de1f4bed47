"""A bundle and its artefacts, whatever shape it comes in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flakecore.bundle.artefact_owners import owners_of
from flakecore.bundle.kinds import HEAD, Kind, kind_of, kind_of_text
from flakecore.bundle.locations import HOW_TO_GET_ONE, last_element, location_text, open_places
from flakecore.bundle.manifest import Manifest
from flakecore.bundle.manifest_json import read_manifest
from flakecore.bundle.sources.folders import FilesSource
from flakecore.bundle.sources.nesting import Source, Tree
from flakecore.bundle.sources.spool import MAX_SPOOLED, Progress, Spool
from flakecore.closeable import Closeable
from flakecore.errors import BundleError
from flakecore.loss import Loss

# Profiles and traces that a dying process opened and never wrote.
_EMPTY_MATTERS = (".out", ".trace", ".pprof", ".prof", ".json", ".log")
_OTHER_ARCHIVES = {
    b"\xfd7zXZ\0": "xz",
    b"BZh": "bzip2",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "rar",
}
_MAGIC_SIZE = max(map(len, _OTHER_ARCHIVES))


@dataclass(frozen=True, slots=True)
class Artefact:
    """One file of a bundle.

    Attributes:
        name: its path inside the bundle; an archive in it counts as a folder.
        kind: what it is, by its content.
        size: its bytes; for a deflated member of a zip the size that the zip declares.
        package: import path of the package it was recorded from, as far as its folder names it;
            empty where that is unknown or it belongs to the whole run.
        attempt: which of several runs it belongs to, such as ``002``; empty where there is one,
            and for what lies at the top beside further ones.
    """

    name: str
    kind: Kind
    size: int
    package: str
    attempt: str = ""


class Bundle(Closeable):
    """Everything that one capture left behind. Use it as a context manager, or close it.

    Attributes:
        place: where it comes from, as it was named, but without the secrets of an address.
        name: what to call it where the place would be long.
        artefacts: its files in the order in which they are stored.
        manifest: how it came to be; None for a bundle that was made by other means.
    """

    def __init__(self, place: str, name: str, source: Source) -> None:
        """Find the kind of each file of a source. ``open_bundle`` is how to get one."""
        self.place = place
        self.name = name
        self._source = source
        self._losses: list[Loss] = []
        kinds = dict(self._kinds())
        if len(kinds) == 1 and Kind.UNKNOWN in kinds.values():
            (name,) = kinds
            kinds[name] = kind_of_text(source.head(name, HEAD))
        self.manifest, root = self._read_manifest(kinds)
        packages = self.manifest.packages if self.manifest is not None else ()
        found = owners_of(kinds, root, packages)
        self.artefacts = tuple(
            Artefact(name, kind, source.sizes[name], found[name].package, found[name].attempt)
            for name, kind in kinds.items()
        )

    def _kinds(self) -> Iterator[tuple[str, Kind]]:
        for name, size in self._source.sizes.items():
            if size == 0:
                if name.endswith(_EMPTY_MATTERS):
                    self._losses.append(
                        Loss(name, "it is empty: the run ended before it was written")
                    )
                continue
            head = self._source.head(name, HEAD)
            yield name, kind_of(name, head, partial(self._source.read, name))

    def _read_manifest(self, kinds: dict[str, Kind]) -> tuple[Manifest | None, str]:
        """Return the manifest and the folder it stands in, which is the bundle's own root."""
        for name in sorted((n for n in kinds if kinds[n] is Kind.MANIFEST), key=len):
            read = read_manifest(self._source.read(name), where=name)
            if isinstance(read, Manifest):
                return read, name.rpartition("/")[0]
            self._losses.append(read)
        return None, ""

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What is missing or damaged, as far as it has been read."""
        return (*self._losses, *self._source.losses)

    def of_kind(self, *kinds: Kind) -> tuple[Artefact, ...]:
        """Return the artefacts of these kinds, in the order in which they are stored."""
        return tuple(artefact for artefact in self.artefacts if artefact.kind in kinds)

    def read(self, artefact: Artefact, progress: Progress | None = None) -> memoryview:
        """Return an artefact's bytes, read-only.

        What is stored (traces are) is a window on the mapped file: nothing is read before it is
        looked at. What is deflated is inflated within bounds, a big one once and into a temporary
        file without a name, of which ``progress`` is called. Damage becomes one of ``losses``, and
        the bytes before it are returned.
        """
        return self._source.read(artefact.name, progress)

    def stored(self, pieces: Iterable[bytes]) -> memoryview:
        """Return the bytes of all pieces, read-only: many of them in a temporary file."""
        return Spool().store(pieces, MAX_SPOOLED).view

    def close(self) -> None:
        """Let go of the files. Views that are still held stay valid."""
        self._source.close()


def open_bundle(
    *places: Path | str, progress: Progress | None = None, bounded: bool = True
) -> Bundle:
    """Open what one or several places hold, as one bundle.

    Args:
        places: each a folder, an archive (zip, tar, tar.gz, and such in one another), a single
            file such as ``trace.out``, ``-`` for standard input, or an address (http, https, and
            with the extra ``cloud`` those of object storage). Several files lie side by side, as
            if in one folder; several folders or archives side by side, each under its name.
        progress: called with what is fetched or inflated, and the share of it that is done.
        bounded: whether what inflates to far more than its size is cut, as a bomb is.

    Raises:
        BundleError: if no place is named, one cannot be read or is damaged beyond use, or there is
            nothing in all of them that is recognised.
    """
    if not places:
        raise BundleError("no bundle is named", remedy=HOW_TO_GET_ONE)
    name = last_element(places[0])
    if len(places) > 1:
        name += f" and {len(places) - 1} more"
    place = " ".join(map(location_text, places))
    spool = Spool(bounded=bounded)
    try:
        bundle = Bundle(place, name, Tree(open_places(places, spool, progress), spool, progress))
    except BundleError as error:
        if not error.problem.startswith(f"{name} "):
            raise
        problem = f"{place}{error.problem.removeprefix(name)}"
        raise BundleError(problem, remedy=error.remedy) from error
    except OSError as error:
        raise BundleError(
            f"{place} cannot be read ({error.strerror or error})", remedy="check its permissions"
        ) from error
    return _known(bundle, alone=len(places) == 1 and Path(places[0]).is_file())


def open_bytes(place: str, data: memoryview, spool: Spool) -> Bundle:
    """Open the bytes of one place, which are at hand already, as ``open_bundle`` opens the place.

    Args:
        place: where they come from, for a person.
        data: all of them.
        spool: where what is inflated is kept.

    Raises:
        BundleError: as ``open_bundle``.
    """
    name = last_element(place)
    source = Tree([("", FilesSource({name: data}))], spool, None)
    return _known(Bundle(place, name, source), alone=True)


def _known(bundle: Bundle, *, alone: bool) -> Bundle:
    """Return a bundle that holds something that is recognised; close one that does not.

    Raises:
        BundleError: it does not.
    """
    if all(artefact.kind is Kind.UNKNOWN for artefact in bundle.artefacts):
        nothing = _nothing_known(bundle, alone=alone)
        bundle.close()
        raise nothing
    return bundle


def _nothing_known(bundle: Bundle, *, alone: bool) -> BundleError:
    names = [artefact.name for artefact in bundle.artefacts]
    if len(names) == 1:
        head = bytes(bundle.read(bundle.artefacts[0])[:_MAGIC_SIZE])
        for magic, form in _OTHER_ARCHIVES.items():
            if head.startswith(magic):
                return BundleError(
                    f"{bundle.place} is packed as {form}, which is not read",
                    remedy="unpack it, and open the folder",
                )
    if alone and names == [bundle.name]:
        return BundleError(
            f"{bundle.place} is no bundle: neither a zip, a Go trace or profile, nor `go test` "
            "output",
            remedy=HOW_TO_GET_ONE,
        )
    why = f" ({bundle.losses[0]})" if bundle.losses else ""
    files = {0: "it has no file that is a", 1: "its one file is no"}
    count = len(names)
    return BundleError(
        f"{bundle.place} holds nothing that is known: "
        f"{files.get(count, f'none of {count:,} files is a')} "
        f"Go trace, profile or `go test` output{why}",
        remedy=HOW_TO_GET_ONE,
    )
