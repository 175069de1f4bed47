"""A feature whose anchor is not there is missing, and no other one with it."""

from __future__ import annotations

import pytest

from collect.objects.lost_anchors import anchors, missing_without
from flakecore.collect.objects.object_patches import OBJECT_PATCHES
from flakecore.collect.objects.patches import PatchGroup


@pytest.mark.parametrize("group", OBJECT_PATCHES, ids=lambda group: group.name)
def test_without_any_of_its_anchors_a_feature_is_missing_alone(group: PatchGroup) -> None:
    found = anchors(group)
    assert found
    for file, insertion in found:
        assert missing_without(file, insertion.anchor) == (group.name,), insertion
