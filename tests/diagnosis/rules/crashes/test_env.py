"""What a test did not get of the machine."""

from __future__ import annotations

import re

from diagnosis.program_bundles import findings_on, named
from diagnosis.rules.panics import panicked, the_finding_on
from flakecore.diagnosis import Certainty


def test_a_port_in_use_is_told_with_its_address_and_place() -> None:
    finding = the_finding_on("TestPortInUse")
    assert (finding.rule, finding.certainty) == ("env", Certainty.SEEN)
    said = re.sub(r":\d+: bind", ":PORT: bind", named(finding.claim))
    assert said == (
        "TestPortInUse met a system error (@port):"
        " listen tcp 127.0.0.1:PORT: bind: address already in use"
    )


def test_a_missing_file_is_told_without_what_the_test_says_before_it() -> None:
    assert named(the_finding_on("TestNoFile").claim) == (
        "TestNoFile met a system error (@no-file):"
        " open testdata/absent.json: no such file or directory"
    )


def test_an_error_that_the_test_wanted_is_not_told_as_one_that_it_met() -> None:
    assert findings_on(panicked("TestWantsAnError"), "TestWantsAnError") == ()
