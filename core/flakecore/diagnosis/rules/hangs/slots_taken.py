"""``sem-stuck`` by the source: all who hold a slot of a channel wait, behind those that want one.

Reports goroutines that are dead by the page, or else by the fixpoint of ``wait_peers``, which
send ``struct{}{}`` on a channel, where other dead goroutines stand between such a send and the
receive that gives the slot back (``waits.slot_holders``). With a page the channel must be full, and
as many hold a slot as it has. It is inferred. Silent where a holder can go on, or nobody is seen to
hold one: that is reported by the channel's own rules.

Example: a walk of a tree takes a slot for each folder, and waits for its subfolders with it held.
Counterexample: the slot is given back before the wait.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Role
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits, names
from flakecore.diagnosis.waits.slot_holders import TakenSlots

_SHOWN = 8


def _find_by_page(question: Question) -> Iterator[Finding]:
    yield from (_finding(question, each) for each in question.slots)


def _find_by_source(question: Question) -> Iterator[Finding]:
    if question.states.page is None:
        yield from _find_by_page(question)


def _finding(question: Question, taken_slots: TakenSlots) -> Finding:
    waits, holders, slots = taken_slots.waits, taken_slots.holders, taken_slots.slots
    first, holder = waits[0], holders[0]
    waiting = [each.state.number for each in waits]
    holding = [each.number for each in holders]
    who, verb = names(waiting), "waits" if len(waiting) == 1 else "wait"
    one = len(holding) == 1
    taken = f", all {slots} taken" if slots > 1 else ", the only one taken" if slots else ""
    begin = f"{who} {verb} for a slot of {first.text} ({first.place}){taken}"
    place = holder.own.place if holder.own is not None else ""
    held = f"{names(holding)}, which hold{'s one' if one else ' them' if slots else ' some'},"
    also = all(number in waiting for number in holding)
    then = "want another" if also else f"wait in {holder.blocked_on.value}"
    then = then.replace("want", "wants").replace("wait ", "waits ") if one else then
    behind = question.objects.behind if question.objects is not None else question.waits.behind
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


RULE = Rule("sem-stuck", Needs.STATES, _find_by_source)
BY_PAGE = Rule("sem-stuck", Needs.STATES | Needs.OBJECTS, _find_by_page)
