"""What a compiler or vet refused failed, whether or not go's own word on the package is there."""

from __future__ import annotations

import pytest

from flakecore.gotest import Outcome, PackageRun, read_text

REFUSED = """\
# example.com/quay_test [example.com/quay.test]
./quay_test.go:3:35: declared and not used: hinge
"""
OLD = """\
# example.com/quay_test
./quay_test.go:3: undefined: hinge
"""
VET = """\
# example.com/quay
# [example.com/quay]
vet: ./quay.go:9:2: undefined: hinge
"""


def packages(text: str) -> tuple[PackageRun, ...]:
    return read_text(text.encode(), name="test.log").packages


@pytest.mark.parametrize(
    ("text", "quote"), [(REFUSED, ""), (REFUSED, "> "), (REFUSED, "    "), (VET, ""), (OLD, "")]
)
@pytest.mark.parametrize("end", ["", "make: *** [Makefile:3: vet] Error 1\n"])
def test_errors_alone_are_a_build_that_failed(text: str, quote: str, end: str) -> None:
    quoted = "".join(f"{quote}{line}\n" for line in (text + end).splitlines())
    (run,) = (each for each in packages(quoted) if each.package)
    assert (run.package, run.status) == ("example.com/quay", Outcome.BUILD_FAIL)
    assert run.build_output == tuple(text.splitlines())
    assert [line.text for line in run.lines] == text.splitlines()


@pytest.mark.parametrize("text", [REFUSED, OLD])
def test_go_s_own_word_names_the_package_once(text: str) -> None:
    (run,) = packages(f"{text}FAIL\texample.com/quay [build failed]\n")
    assert (run.package, run.status) == ("example.com/quay", Outcome.BUILD_FAIL)
    assert run.build_output == tuple(text.splitlines())


@pytest.mark.parametrize(
    "above",
    [
        "# example.com/hoist\nhoist.c:12:3: warning: unused variable 'hook'\n",
        "# example.com/hoist\n./hoist.go:12:3: warning: 'lift' is deprecated\n",
        "# example.com/hoist\nld: warning: ignoring duplicate libraries\n",
        "# Contents of hoist.go:1\n",
        "# example.com/quay\n./quay.go:9:2: the same package passed below\n",
    ],
)
def test_what_a_build_warns_of_has_not_failed(above: str) -> None:
    (run,) = packages(f"{above}ok  \texample.com/quay\t0.041s\n")
    assert (run.package, run.status) == ("example.com/quay", Outcome.PASS)
