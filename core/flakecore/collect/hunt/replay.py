"""Reads from a bundle what to run, and under which settings its failing attempt ran."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flakecore.bundle import Settings, open_bundle
from flakecore.collect.command.flags import HIDDEN, flag_name, flags_of
from flakecore.collect.command.options import CollectOptions, HuntOptions
from flakecore.errors import CollectError

_RUNS = 10


def replayed(options: CollectOptions, bundle: Path) -> tuple[CollectOptions, Settings]:
    """Return options that run a bundle's tests again, and the settings of its failing attempt.

    Packages and flags that are given now take the place of the bundle's.

    Raises:
        CollectError: if the bundle does not record what was run, or nothing in it failed.
        BundleError: if it cannot be opened.
    """
    with open_bundle(bundle) as opened:
        manifest = opened.manifest
    if manifest is None or not manifest.packages:
        raise CollectError(
            f"{bundle} does not record which tests were run",
            remedy="only a bundle of collect can be replayed",
        )
    failing = next((attempt for attempt in manifest.attempts if attempt.exit_code), None)
    if failing is None:
        raise CollectError(
            f"{bundle} has no failing attempt to replay",
            remedy="hunt for one with: flaketui collect --until-fail --stress",
        )
    given = {flag_name(word) for word in (*options.test_flags, *options.extra)}
    before = flags_of(manifest.flags)
    own = () if "args" in given else manifest.flags[len(before) :]
    set_now = {flag_name(word) for word in options.rates()}
    flags = [
        word
        for word in before
        if flag_name(word) not in set_now and not (_is_hidden(word) and flag_name(word) in given)
    ]
    hidden = [word.partition("=")[0] for word in flags if _is_hidden(word)]
    if hidden := [*hidden, *("-args" for word in own if _is_hidden(word))]:
        raise CollectError(
            f"{bundle} does not hold the value of {hidden[0]}", remedy=f"give {hidden[0]} again"
        )
    return (
        replace(
            options,
            packages=options.packages if options.packages != (".",) else manifest.packages,
            # What follows -args is the tests' own, and comes last.
            extra=(*flags, *options.extra, *own),
            timeout=options.timeout or manifest.timeout,
            race=options.race and manifest.race,
            hunt=options.hunt or HuntOptions(max_runs=_RUNS),
        ),
        failing.settings,
    )


def _is_hidden(word: str) -> bool:
    return word == HIDDEN or word.endswith(f"={HIDDEN}")
