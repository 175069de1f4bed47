"""From an event the step leads to the next one, and from what is no event nowhere."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace.v1.format.event_offsets import find_pieces
from flakecore.gotrace.v1.format.event_steps import EventSteps
from flakecore.gotrace.v1.format.wire import LOG_BYTE, STACK_BYTE, STRING_BYTE
from gotrace.v1.samples import sample_path

SAMPLES = ["user_task_region_1_21_good", "stress_1_19_good"]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_step_leads_from_each_event_to_the_next(name: str) -> None:
    buffer = np.frombuffer(sample_path(name).read_bytes(), np.uint8)
    (piece,) = find_pieces(buffer)
    steps, following = EventSteps(piece.buffer), np.append(piece.at[1:], len(piece.buffer))
    tokens = steps.token_at(piece.at)
    for at, token, after in zip(piece.at, tokens, following, strict=True):
        assert steps.step(int(at), int(token))[0] == after


@pytest.mark.parametrize("name", SAMPLES)
def test_all_events_at_once_lead_where_each_of_them_does(name: str) -> None:
    buffer = np.frombuffer(sample_path(name).read_bytes(), np.uint8)
    (piece,) = find_pieces(buffer)
    steps = EventSteps(piece.buffer)
    tokens = steps.token_at(piece.at)
    begins = steps.start[tokens] == piece.at  # of the others, text stands before it
    leads = begins & (steps.following[tokens] != tokens)
    assert leads.sum() > len(leads) * 0.9
    after = np.append(piece.at[1:], len(piece.buffer))
    assert np.array_equal(steps.start[steps.following[tokens[leads]]], after[leads])


@pytest.mark.parametrize(
    "event",
    [[STRING_BYTE, 1, 120, 2], [STACK_BYTE, 120, 2], [LOG_BYTE, 1, 5, 120, 2]],
    ids=["string", "stack", "log"],
)
def test_text_that_would_reach_beyond_the_file_is_no_event(event: list[int]) -> None:
    steps = EventSteps(np.array(event, np.uint8))
    assert steps.step(0, 0)[0] == -1
