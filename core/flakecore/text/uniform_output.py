r"""Events of `go test -json` that differ in nothing but their time and text, read as one text.

A test that prints a gigabyte makes ten million events, each an object of its own if it is read by
itself. But test2json writes the lines of one test alike,
``{"Time":"…","Action":"output","Package":"…","Test":"…","Output":"…\n"}``: between time and text
all have the same bytes (``src/cmd/internal/test2json/test2json.go``, event). Where that holds for
a whole block, its texts are one JSON string once those bytes are taken out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import orjson

_START, _END = b'{"Time":"', b'\\n"}'
_TIMELESS = b'{"Action":"output",'
_ACTION, _OUTPUT = b'","Action":"output",', b',"Output":"'
_LONGEST = 4096
"""Bytes between time and text up to which it is worth making an expression of them."""
_FIELDS = (["Action", "Package", "Output"], ["Action", "Package", "Test", "Output"])


class UniformOutput(NamedTuple):
    """What one test, or its package, printed in lines one after the other.

    Attributes:
        package: import path.
        test: name of the test; empty for the package itself.
        stamps: the time of each line as it is written, each ended by a newline; not checked. Empty
            where lines have none, as of ``go tool test2json`` without ``-t``.
        text: the lines, each ended by its newline.
    """

    package: str
    test: str
    stamps: bytes
    text: str


def uniform_output(block: bytes) -> UniformOutput | None:
    """Return what the lines of a stream hold if all are output of one test; None for any others.

    Args:
        block: whole lines, without the newline that ends the last one.
    """
    count = block.count(b"\n") + 1
    first = block[: block.find(b"\n")]
    if first.startswith(_TIMELESS):
        return _without_times(block, first, count)
    begin = first.find(_ACTION)
    end = first.find(_OUTPUT, begin) + len(_OUTPUT)
    middle = first[begin:end]
    if (
        not (count > 1 and 0 < begin < end and len(middle) <= _LONGEST)
        or not (block.startswith(_START) and block.endswith(_END))
        or b"\\" + _END in block  # what ends a text there may be a backslash and the letter n
    ):
        return None
    # A newline cannot stand in JSON's strings, so that each parts two lines.
    parted = _seam(middle).split(block[end : -len(_END)])
    if len(parted) != 2 * count - 1:
        return None
    stamps = b"\n".join([first[len(_START) : begin], *parted[1::2], b""])
    return _texts_by_beginning(b"{" + middle[2:], b"\\n".join(parted[::2]), stamps, count)


@lru_cache(maxsize=16)
def _seam(middle: bytes) -> re.Pattern[bytes]:
    """Return what stands between two texts, of which the time is a group.

    On 382 MB of events one expression takes half the time of splitting the bytes with numpy.
    """
    return re.compile(re.escape(_END + b"\n" + _START) + rb'([^"\n]*+)' + re.escape(middle))


def _without_times(block: bytes, first: bytes, count: int) -> UniformOutput | None:
    """Return what lines hold that begin with the same bytes as the first of them."""
    begin = first[: first.find(_OUTPUT) + len(_OUTPUT)]
    seam = _END + b"\n" + begin
    if (
        not (count > 1 and block.startswith(begin) and block.endswith(_END))
        or block.count(seam) != count - 1
        or b"\\" + _END in block
    ):
        return None
    return _texts_by_beginning(
        begin, block[len(begin) : -len(_END)].replace(seam, b"\\n"), b"", count
    )


def _texts_by_beginning(
    begin: bytes, texts: bytes, stamps: bytes, count: int
) -> UniformOutput | None:
    """Return lines by what each event begins with but for its time, and their texts as JSON."""
    try:
        source = orjson.loads(begin + b'"}')
        text = orjson.loads(b'"%b\\n"' % texts)
    except orjson.JSONDecodeError:
        return None
    if list(source) not in _FIELDS or text.count("\n") != count:
        return None
    package, test = source["Package"], source.get("Test", "")
    if type(package) is not str or type(test) is not str:
        return None
    return UniformOutput(package, test, stamps, text)
