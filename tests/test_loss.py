from __future__ import annotations

from flakecore.loss import Loss, summed_up


def test_a_few_losses_stand_as_they_are() -> None:
    losses = [Loss("a.zip", "it is cut off"), Loss("b.zip", "it is cut off", 3, 10)]
    assert summed_up(losses, 20) == losses


def test_many_of_one_kind_are_counted_behind_the_first_five() -> None:
    losses = [Loss(f"{number}.out", "it is empty", 1, 2) for number in range(1000)]
    assert summed_up([*losses, Loss("z", "it is cut off")], 20) == [
        *losses[:5],
        Loss("z", "it is cut off"),
        Loss("995 more", "it is empty", 995, 1990),
    ]


def test_many_kinds_are_counted_too() -> None:
    losses = [Loss(f"{number}.out", f"kind {number}") for number in range(1000)]
    listed = summed_up(losses, 20)
    assert listed[:20] == losses[:20]
    assert listed[20:] == [
        Loss("more", "980 further losses are not listed; report --all lists them")
    ]
