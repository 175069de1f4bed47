"""Patches of the toolchain's own files: what is put in, and behind which text.

Every release has other files. What is put in stands behind a piece of their text, its **anchor**,
and on the same line, so that all lines keep their numbers; what is added stands at the end of the
file. A feature whose anchors are not all there, each once, is left out, and the page names it as
missing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Insertion:
    """Something that is put in behind an anchor.

    Attributes:
        within: the line that begins the function or type that the anchor stands in; the whole file
            if empty.
        anchor: the text that it follows.
        text: what is put in.
    """

    within: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Variant:
    """A declaration that depends on the release.

    Attributes:
        where: a file below ``src``.
        has: the text by which the releases differ.
        then: the Go file that holds the declaration where the file has it.
        otherwise: the one where it does not.
    """

    where: str
    has: str
    then: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class FilePatch:
    """What happens to one file of the toolchain.

    Attributes:
        file: its path below ``src``.
        insertions: what is put in.
        fragments: Go files whose declarations are added at its end.
        variants: what else is added, depending on the release.
    """

    file: str
    insertions: tuple[Insertion, ...] = ()
    fragments: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()


@dataclass(frozen=True, slots=True)
class PatchGroup:
    """A feature of the page, which it has only if all patches of it find their places.

    Attributes:
        name: what the page lists as missing without it.
        places: the patches; several where releases have it in different files, of which the first
            that holds counts.
        absent: the Go file that is added to the runtime in its stead; empty for none.
    """

    name: str
    places: tuple[tuple[FilePatch, ...], ...]
    absent: str = ""


RUNTIME = "runtime/proc.go"
"""The file of the runtime that the fragments are added to."""
