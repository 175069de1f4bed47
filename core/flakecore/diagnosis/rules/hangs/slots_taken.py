"""``sem-stuck`` by the source: all who hold a slot of a channel wait, behind those that want one.

Reports goroutines that are dead by the page, or else by the fixpoint of ``wait_peers``, which
send ``struct{}{}`` on a channel, where other dead goroutines stand between such a send and the
receive that gives the slot back, or between calls of helpers that do (``slots.slot_holders``). With
a page the channel must be full, and as many slots held as it has. Where nobody holds a slot and
nobody is left to give one back, the few returns that leave one taken are named. It is inferred.
Silent where a holder can go on: that is reported by the channel's own rules.

Example: a walk of a tree takes a slot for each folder, and waits for its subfolders with it held.
Counterexample: the slot is given back before the wait.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits, names
from flakecore.diagnosis.waits.slots.slot_holders import TakenSlots

_SHOWN = 8


def _find_by_page(question: Question) -> Iterator[Finding]:
    yield from (_finding(question, each) for each in question.slots)


def _find_by_source(question: Question) -> Iterator[Finding]:
    if question.states.page is None:
        yield from _find_by_page(question)


def _finding(question: Question, taken_slots: TakenSlots) -> Finding:
    waits, holders, slots = taken_slots.waits, taken_slots.holders, taken_slots.slots
    first = waits[0]
    waiting = [each.state.number for each in waits]
    holding = [each.number for each in holders]
    who, verb = names(waiting), "waits" if len(waiting) == 1 else "wait"
    one = len(holding) == 1
    taken = f", all {slots} taken" if slots > 1 else ", the only one taken" if slots else ""
    begin = f"{who} {verb} for a slot of {first.text} ({first.place}){taken}"
    behind = question.objects.behind if question.objects is not None else question.waits.behind
    if not holders:
        return _unreturned_slots(taken_slots, begin, behind(taken_slots.numbers))
    holder = holders[0]
    place = holder.own.place if holder.own is not None else ""
    which = ("it" if slots == 1 else "one") if one else "them" if slots else "some"
    own = "it" if one else "they"
    held = f"{own if waiting == holding else names(holding)} {'holds' if one else 'hold'} {which}"
    also = all(number in waiting for number in holding)
    wants = "wants" if one else "want"
    then = f"and {wants} another" if also else f"in {holder.blocked_on.noun}"
    return Finding(
        rule=RULE.id,
        claim=first_that_fits(
            *((f"{begin}; {held} {then} ({place})",) if not also else ()),
            f"{begin}; {held} {then}",
            f"{begin}; who holds them waits too",
            begin,
        ),
        certainty=Certainty.INFERRED,
        test=first.state.test,
        places=(
            *(each.state.place_of(Role.WAITS) for each in waits[:_SHOWN]),
            *(each.place_of(Role.HOLDS) for each in holders[:_SHOWN] if each.number not in waiting),
        ),
        evidence=(
            *(each.state.evidence() for each in waits[:_SHOWN]),
            *(
                each.evidence(
                    f"{each.name} is between the send on {first.text} and the receive that gives "
                    "the slot back"
                )
                for each in holders[:_SHOWN]
            ),
            *(each.evidence() for each in holders[:_SHOWN] if each.number not in waiting),
            *(
                [Evidence(f"{slots} of {slots} slots of {first.text} are taken", None, 0)]
                if slots
                else []
            ),
        ),
        next="wait for no further slot, nor for who needs one, while a slot is held",
        explains=behind(taken_slots.numbers),
    )


def _unreturned_slots(taken_slots: TakenSlots, begin: str, explains: frozenset[int]) -> Finding:
    """Return the finding on slots that nobody holds any more, with the return that kept one."""
    waits, slots = taken_slots.waits, taken_slots.slots
    first = waits[0]
    kept = f"the return at {' or '.join(taken_slots.kept_at)} keeps its slot"
    short = (
        f"{names([each.state.number for each in waits])} {'waits' if len(waits) == 1 else 'wait'}"
    )
    short = f"{short} for a slot of {first.text} ({first.place})"
    taken = [Evidence(f"{slots} of {slots} slots of {first.text} are taken", None, 0)]
    folder = first.package.folder
    return Finding(
        rule=RULE.id,
        claim=first_that_fits(f"{begin}; {kept}", f"{short}; {kept}", short),
        certainty=Certainty.INFERRED,
        test=first.state.test,
        places=(
            *(each.state.place_of(Role.WAITS) for each in waits[:_SHOWN]),
            *(_ended_at(folder, place) for place in taken_slots.kept_at),
        ),
        evidence=(
            *(each.state.evidence() for each in waits[:_SHOWN]),
            Evidence(
                f"inferred from the source: nobody is left that holds a slot; {kept}", None, 0
            ),
            *(taken if slots else []),
        ),
        next="give the slot back on every way out, by defer",
        explains=explains,
    )


def _ended_at(folder: str, place: str) -> Place:
    file, _, line = place.partition(":")
    return Place(Role.ENDED, 0, "", f"{folder}/{file}", int(line))


RULE = Rule("sem-stuck", Needs.STATES, _find_by_source)
BY_PAGE = Rule("sem-stuck", Needs.STATES | Needs.OBJECTS, _find_by_page)
