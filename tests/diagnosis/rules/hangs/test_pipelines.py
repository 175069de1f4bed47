"""Hangs of services that hand channels around, in slices, maps and channels, and wait on conds."""

from __future__ import annotations

from diagnosis.hang_tables import HangsAreTold, PagesAreTold, SoundIsSilent
from diagnosis.program_runs import Expected

HANGS = {
    "TestMergesAnOpenInput": Expected(
        full=(
            "chan-not-closed, inferred: Ga ranges over in (@merge-in); no goroutine is left that "
            "closes it (@lines-close) [waits @merge-in; sends @lines-send; closes @lines-close]"
        ),
    ),
    "TestDropsATopic": Expected(
        full=(
            "chan-not-closed, inferred: Ga ranges over c (@deliver), which nothing closes; "
            "nobody is left that sends (@publish) [waits @deliver; sends @publish]"
        ),
    ),
    "TestCounterSkipsAnAnswer": Expected(
        full=(
            "chan-no-sender, inferred: Ga receives from asked.reply (@counter-asks); the "
            "continue at @counter-skips skips the send [waits @counter-asks; sends "
            "@counter-answers; waits @counter-loop]"
        ),
    ),
    "TestFlightFails": Expected(
        full=(
            "chan-no-sender, inferred: Ga receives from f.done (@flight-waits); nobody is left "
            "to close it: the return at @flight-fails skips it [waits @flight-waits; closes "
            "@flight-lands]"
        ),
    ),
    "TestComponentFails": Expected(
        full=(
            "chan-no-sender, inferred: Ga receives from t.signal(…) (@needs); nobody is left to "
            "close it: the return at @begin-fails skips it [waits @needs; closes @is-ready; "
            "created @runs]"
        ),
        log=(
            "chan-no-sender, inferred: Ga receives from t.signal(…) (@needs); nobody is left to "
            "close it: the return at @begin-fails skips it [waits @needs; closes @is-ready]"
        ),
    ),
    "TestCloseWakesOne": Expected(
        full=(
            "cond-lost-signal, inferred: Ga waits for a signal of m.mail (@waits-for-mail); only "
            "Ga itself could still signal it [waits @waits-for-mail; signals @puts-mail; signals "
            "@takes-mail; signals @closes-mail; created @reads]"
        ),
        log=(
            "cond-lost-signal, inferred: Ga waits for a signal of m.mail (@waits-for-mail); only "
            "Ga itself could still signal it [waits @waits-for-mail; signals @puts-mail; signals "
            "@takes-mail; signals @closes-mail]"
        ),
    ),
    "TestSignalsTheWrongSide": Expected(
        full=(
            "cond-lost-signal, inferred: Ga waits for a signal of r.notFull (@ring-is-full), and "
            "nothing in the package signals it [waits @ring-is-full]"
        ),
    ),
    "TestKeptNodeIsCounted": Expected(
        full=(
            "wait-group-stuck, inferred: Ga waits for wg (@drain-waits); the continue at "
            "@drain-skips skips the Done [waits @drain-waits; done @drain-done; created "
            "@drain-starts]"
        ),
        log=(
            "wait-group-stuck, inferred: Ga waits for wg (@drain-waits); the continue at "
            "@drain-skips skips the Done [waits @drain-waits; done @drain-done]"
        ),
    ),
}
BY_PAGE: dict[str, tuple[str, ...]] = {
    "TestMergesAnOpenInput": (
        (
            "chan-not-closed, seen: Ga ranges over in (@merge-in); Gb, which sent last "
            "(@lines-send), is now in a channel receive (@merged) [waits @merge-in; sends "
            "@lines-send; closes @lines-close]"
        ),
    ),
    "TestDropsATopic": (
        (
            "chan-not-closed, inferred: Ga ranges over c (@deliver); nothing in the package "
            "closes it [waits @deliver; sends @publish]"
        ),
    ),
    "TestCounterSkipsAnAnswer": (
        (
            "chan-no-sender, inferred: Ga receives from asked.reply (@counter-asks); the "
            "continue at @counter-skips skips the send [waits @counter-asks; sends "
            "@counter-answers; waits @counter-loop]"
        ),
    ),
    "TestFlightFails": (
        (
            "chan-no-sender, inferred: Ga receives from f.done (@flight-waits); the return at "
            "@flight-fails skips the close (@flight-lands) [waits @flight-waits; made "
            "@flight-made; closes @flight-lands]"
        ),
    ),
    "TestComponentFails": (
        (
            "chan-no-sender, inferred: Ga receives from t.signal(…) (@needs); the return at "
            "@begin-fails skips the close (@is-ready) [waits @needs; made @signal-made; closes "
            "@is-ready]"
        ),
    ),
    "TestCloseWakesOne": (
        (
            "cond-lost-signal, seen: Ga waits for a signal of m.mail (@waits-for-mail); the last "
            "Signal, by Gb (@closes-mail), did not wake it [waits @waits-for-mail; signals "
            "@closes-mail; signals @puts-mail; signals @takes-mail; created @reads]"
        ),
        (
            "cond-lost-signal, seen: Ga waits for a signal of m.mail (@waits-for-mail); the last "
            "Signal, by Gb (@closes-mail), T later, woke another [waits @waits-for-mail; signals "
            "@closes-mail; signals @puts-mail; signals @takes-mail; created @reads]"
        ),
        (  # sooner than the page's clock can show
            "cond-lost-signal, seen: Ga waits for a signal of m.mail (@waits-for-mail); the last "
            "Signal, by Gb (@closes-mail), later, woke another [waits @waits-for-mail; signals "
            "@closes-mail; signals @puts-mail; signals @takes-mail; created @reads]"
        ),
    ),
    "TestSignalsTheWrongSide": (
        (
            "cond-lost-signal, inferred: Ga waits for a signal of r.notFull (@ring-is-full); "
            "nothing in the package signals it [waits @ring-is-full]"
        ),
    ),
    "TestKeptNodeIsCounted": (
        (
            "wait-group-stuck, inferred: Ga waits for wg (@drain-waits), 1 Done short; the "
            "continue at @drain-skips skips the Done [waits @drain-waits; adds "
            "@drain-adds; done @drain-ends; done @drain-done]"
        ),
    ),
}
SOUND = (
    "TestMergesASlowInput",
    "TestClosesATopicLate",
    "TestCounterIsSlow",
    "TestFlightIsLong",
    "TestComponentIsSlow",
    "TestCloseForAllIsLate",
    "TestTakesLate",
    "TestKeptNodeIsNotCounted",
)


class TestPipelines(HangsAreTold, PagesAreTold):
    """A channel is followed through what it is put into, and a request to what skips its answer."""

    shape = "pipelines"
    hangs = HANGS
    by_page = BY_PAGE


class TestSlowPipelines(SoundIsSilent):
    """The same services, all of which go on, if late."""

    shape = "slow_pipelines"
    sound = SOUND
