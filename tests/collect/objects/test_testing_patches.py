"""What tests use themselves: a feature whose anchor is gone is missing alone, if it is needed."""

from __future__ import annotations

import pytest

from collect.objects.lost_anchors import anchors, missing_without
from flakecore.collect.objects.patches import PatchGroup
from flakecore.collect.objects.testing_patches import TESTING_PATCHES


@pytest.mark.parametrize("group", TESTING_PATCHES, ids=lambda group: group.name)
def test_a_feature_is_missing_alone_unless_older_releases_do_without(group: PatchGroup) -> None:
    found = anchors(group)
    assert found
    expected = () if () in group.places else (group.name,)
    for file, insertion in found:
        assert missing_without(file, insertion.anchor) == expected, insertion
