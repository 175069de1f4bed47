"""A page is told with what the source says of the other side."""

from __future__ import annotations

import pytest

from diagnosis.hang_tables import PagesAreTold, SoundIsSilent
from diagnosis.object_runs import causes_by_page, is_in_other_hands, page_run
from diagnosis.program_runs import RELEASES

BY_PAGE: dict[str, tuple[str, ...]] = {
    "TestWaitsWithinItsLoop": (
        (
            "wait-group-stuck, inferred: Ga waits for pending (@survey-wait); the loop at "
            "@survey-loop waits before it has started all that call Done [waits @survey-wait; "
            "adds @survey-add; done @survey-end; done @survey-done]"
        ),
    ),
    "TestContinueSkipsDone": (
        (
            "wait-group-stuck, inferred: Ga waits for left (@copier-wait), 1 Done short; the "
            "continue at @copier-continue skips the Done [waits @copier-wait; adds @copier-add; "
            "done @copier-done; done @copier-failed]"
        ),
    ),
    "TestBidderGoesHome": (
        (
            "chan-no-sender, inferred: Ga waits in a select on a.bids or a.outs "
            "(@auction-select); the return at @bid-return skips the send [waits @auction-select; "
            "sends @bid-send; sends @out-send]"
        ),
    ),
    "TestQuoteComesLate": (
        (
            "chan-no-receiver, inferred: Ga sends on price (@desk-send); ask left its select "
            "(@desk-receive) by another case than the receive [waits @desk-send; made "
            "@desk-made; receives @desk-receive]"
        ),
    ),
    "TestJobAfterStop": (
        (
            "chan-no-sender, inferred: Ga receives from j.reply (@job-receive); the return at "
            "@spooler-return skips the send (@spooler-reply) [waits @job-receive; made "
            "@job-made; sends @spooler-reply]"
        ),
    ),
    "TestBellBeforeAnybodyHears": (
        (
            "chan-no-sender, inferred: Ga receives from d.rung (@bell-receive); the send"
            " (@bell-send) gives up where nobody receives yet [waits @bell-receive;"
            " made @bell-made; sends @bell-send]"
        ),
        (
            "chan-no-sender, inferred: Ga receives from d.rung (@bell-receive); the send"
            " (@bell-send) gives up where nobody receives yet [waits @bell-receive;"
            " sends @bell-send; created services_test.go:229]"
        ),
    ),
    "TestNobodyEndsTheFeed": (
        (
            "chan-not-closed, inferred: Ga ranges over feed (@feed-range); nothing in the package"
            " closes it [waits @feed-range; sends @feed-send]"
        ),
    ),
}
SOUND = (
    "TestBuyerTakesItsTime",
    "TestQuoteComesVeryLate",
    "TestTaskIsDrawn",
)


class TestCounterpart(PagesAreTold, SoundIsSilent):
    """What was left undone is told beside a wait; a counterpart that is slow is no cause."""

    shape = "services"
    by_page = BY_PAGE
    sound = SOUND


@pytest.mark.parametrize("release", RELEASES)
def test_who_feeds_the_one_that_left_is_told_behind_what_it_left_undone(release: str) -> None:
    run = page_run("services", release)
    found = causes_by_page(run, "TestReturnSkipsClose")
    if is_in_other_hands(run, "TestReturnSkipsClose"):
        assert [each.partition(",")[0] for each in found] == ["chan-not-closed", "chan-no-receiver"]
        return
    assert found == [
        "chan-not-closed, inferred: Ga ranges over set(…) (@press-range); the return at "
        "@set-return skips the close (@set-close) [waits @press-range; sends @set-send; "
        "closes @set-close]",
        "chan-no-receiver, seen: Ga sends on out (@lines-send); Gb, which received last "
        "(press.go:24), ended at T [waits @lines-send; receives press.go:24; receives press.go:49; "
        "created @set-go]",
    ]
