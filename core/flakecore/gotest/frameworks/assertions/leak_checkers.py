"""Leak checkers' errors: goleak's list of goroutines, leaktest's error for each goroutine."""

from __future__ import annotations

import re
from dataclasses import replace

from flakecore.gotest.frameworks.messages import Message

_GOLEAK = re.compile(r"found unexpected goroutines:")
_LEAKTEST = re.compile(r"(?:leaktest: )?[Ll]eaked goroutine: goroutine \d")


def leak_checkers(message: Message) -> Message | None:
    """Return an error of go.uber.org/goleak or of leaktest, None for any other message."""
    for form, library in ((_GOLEAK, "goleak"), (_LEAKTEST, "leaktest")):
        if form.match(message.message):
            return replace(message, library=library)
    return None
