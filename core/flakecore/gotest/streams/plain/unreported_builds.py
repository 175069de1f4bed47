"""Builds that failed by the compiler's errors, in a log without go's result line of the package.

``go vet`` and ``go build`` have no such word, and of a copied log it may be cut off.
"""

from __future__ import annotations

from collections.abc import Sequence

from flakecore.gotest.streams.build_output import ERROR, HEADER, BuildOutput
from flakecore.gotest.streams.lines import OUTSIDE
from flakecore.gotest.streams.package_events import PackageEvents


def with_refused(runs: Sequence[PackageEvents], builds: BuildOutput) -> list[PackageEvents]:
    """Return runs, and one for each package that the compiler refused and that none of them is of.

    A run that consists of nothing but what the compiler printed is left out then.

    Args:
        runs: of packages, in order.
        builds: the output of their builds.
    """
    packages = builds.failed_packages(run.package for run in runs)
    if not packages:
        return list(runs)
    kept = [run for run in runs if run.package or not _is_build_alone(run)]
    for package in packages:
        run = PackageEvents(package)
        for text in builds.of(package, ""):
            run.line(None, "", text, OUTSIDE)
        run.end("fail", None, None, package)
        kept.append(run)
    return kept


def _is_build_alone(run: PackageEvents) -> bool:
    """Return whether a run has no test, and each of its lines is of a compiler."""
    texts = run.lines.texts
    return not run.has_begun and all(
        not text.strip() or HEADER.match(text) or ERROR.match(text) for text in texts
    )
