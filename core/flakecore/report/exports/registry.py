"""The exports: one line each, which ``flaketui export --format`` and the explorer's ``e`` read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flakecore.bundle import Bundle
from flakecore.errors import FlakeError
from flakecore.report.excerpt import Excerpt
from flakecore.report.explainer import Explainer
from flakecore.report.exports.csv_table import write_csv
from flakecore.report.exports.folded_stacks import write_folded
from flakecore.report.exports.request import ExportRequest
from flakecore.report.formats import RENDERERS
from flakecore.report.perfetto.perfetto_trace import write_perfetto
from flakecore.timeline import Case

Write = Callable[[Bundle, Sequence[Case], ExportRequest, Explainer], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Export:
    """A format that other programs open.

    Attributes:
        write: yields what is written, in pieces.
        suffix: what names of such files end in, without the dot.
        meaning: what it is, for people.
        windowed: whether less than the whole time can be asked for.
        binary: whether it is no text.
        of_one_case: whether it holds one case only, for it has one clock.
    """

    write: Write
    suffix: str
    meaning: str
    windowed: bool = True
    binary: bool = False
    of_one_case: bool = False


def _report(name: str) -> Write:
    """Return what writes one of the report's formats."""

    def write(
        bundle: Bundle, cases: Sequence[Case], request: ExportRequest, explainer: Explainer
    ) -> Iterator[bytes]:
        text = RENDERERS[name](bundle, cases, Excerpt(test=request.test), explainer)
        yield text if isinstance(text, bytes) else text.encode()

    return write


EXPORTS: dict[str, Export] = {
    "perfetto": Export(
        write_perfetto,
        "pftrace",
        "a trace for ui.perfetto.dev",
        binary=True,
        of_one_case=True,
    ),
    "folded": Export(write_folded, "folded", "folded stacks of a profile, for flame graphs"),
    "junit": Export(_report("junit"), "xml", "JUnit's XML, flaky tests apart", windowed=False),
    "markdown": Export(_report("markdown"), "md", "the report as Markdown", windowed=False),
    "csv": Export(write_csv, "csv", "one of the tables"),
}
"""What each format is, by its name."""


def export(
    name: str, bundle: Bundle, cases: Sequence[Case], request: ExportRequest, explainer: Explainer
) -> Iterator[bytes]:
    """Yield an export in pieces.

    Raises:
        FlakeError: it has no window and one is asked for, or what is asked for is not there.
    """
    chosen = EXPORTS[name]
    if request.windowed and not chosen.windowed:
        able = ", ".join(each for each, entry in EXPORTS.items() if entry.windowed)
        raise FlakeError(f"{name} is of the whole time", remedy=f"--from and --to go with {able}")
    return chosen.write(bundle, cases, request, explainer)
