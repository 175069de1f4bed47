"""Results that test2json did not see, so that no event states them.

A progress bar leaves carriage returns before a result, a print without a newline its text. Up to Go
1.19 such a result is output of its test and no more (``src/cmd/internal/test2json/test2json.go``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

_RESULT = re.compile(r"(?:\A *|(?<=[^ ]))--- (PASS|FAIL|SKIP): (\S+) \((\d{1,9}\.\d\d)s\) *\Z")
"""A message that quotes one has a blank before it."""


def hidden_results(
    texts: Sequence[str], tests: Sequence[int], unfinished: Mapping[int, str]
) -> Iterator[tuple[int, str, float]]:
    """Yield the tests whose last line ends in their own result, with its action and seconds.

    Args:
        texts: lines of output.
        tests: the index of each line's test.
        unfinished: names of the tests that have no result, by their indices.
    """
    last = dict(zip(tests, range(len(tests)), strict=True)) if unfinished else {}
    for index, name in unfinished.items():
        found = _RESULT.search(texts[last[index]]) if index in last else None
        if found is not None and found[2] == name:
            yield index, found[1].lower(), float(found[3])
