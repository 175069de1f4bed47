"""Which revision of the source is under test."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from flakecore.bundle import Revision

_PATIENCE = 10.0
"""Seconds to wait for git, which in a huge tree may take long to list what has changed."""


_BRANCHES = (
    *("GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME", "CIRCLE_BRANCH"),
    *("BUILDKITE_BRANCH", "BUILD_SOURCEBRANCHNAME", "BRANCH_NAME"),
)
"""Variables in which CI systems name the branch, since they check out a revision without one."""


def revision_at(folder: Path, environment: Mapping[str, str] = os.environ) -> Revision:
    """Return the revision that a folder is at; an empty one where git has none."""
    head = _git(folder, "rev-parse", "HEAD")
    if not head:
        return Revision()
    # Untracked files are left out: the bundle itself may be one.
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    branch = _git(folder, "symbolic-ref", "--short", "-q", "HEAD").strip()
    named = (environment[name] for name in _BRANCHES if environment.get(name))
    return Revision(
        vcs="git", id=head.strip(), dirty=bool(changed), branch=branch or next(named, "")
    )


def _git(folder: Path, *arguments: str) -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    try:
        # Optional locks would write to the source tree.
        ended = subprocess.run(
            [git, "--no-optional-locks", *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ended.stdout if ended.returncode == 0 else ""
