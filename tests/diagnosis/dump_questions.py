"""What rules are asked of a hang of one of the programs, by its dump and source."""

from __future__ import annotations

from diagnosis.program_runs import Level, failure_of, program, reduced, sources_of
from flakecore.diagnosis.goroutine_states import states_of_dump
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.source.go_files import GoFiles
from toolchains import NEWEST


def question_on(shape: str, test: str, level: Level = Level.LOG) -> Question:
    """Return what is asked of the failure of a test, with a dump and the evidence of a level."""
    case = reduced(program(shape, NEWEST).case, level)
    failure = failure_of(case, test)
    stacks = case.crashes[failure.crash].goroutines
    states = states_of_dump(case, stacks, failure.test, failure.at_ns, whole=True)
    return Question(case, failure, states, GoFiles(sources_of(case), case.package))
