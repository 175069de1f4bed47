"""Which revision and branch of the source is under test."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from flakecore.bundle import Revision
from flakecore.collect.provenance.revision import revision_at


def git(folder: Path, *words: str) -> None:
    named = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    subprocess.run(["git", *named, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-b", "topic")
    (tmp_path / "a.go").write_text("package a\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "a")
    return tmp_path


def test_it_is_that_of_git_with_its_branch(tree: Path) -> None:
    found = revision_at(tree, {"GITHUB_REF_NAME": "other"})
    assert (found.vcs, len(found.id), found.dirty, found.branch) == ("git", 40, False, "topic")


def test_where_a_revision_alone_is_checked_out_ci_names_the_branch(tree: Path) -> None:
    git(tree, "checkout", "--detach")
    assert revision_at(tree, {}).branch == ""
    assert revision_at(tree, {"CI_COMMIT_REF_NAME": "main"}).branch == "main"
    pull = {"GITHUB_HEAD_REF": "fix", "GITHUB_REF_NAME": "7/merge"}
    assert revision_at(tree, pull).branch == "fix"


def test_a_change_makes_it_dirty(tree: Path) -> None:
    (tree / "a.go").write_text("package b\n")
    assert revision_at(tree, {}).dirty


def test_a_folder_that_is_no_repository_has_none(tmp_path: Path) -> None:
    assert revision_at(tmp_path, {"GITHUB_REF_NAME": "main"}) == Revision()
