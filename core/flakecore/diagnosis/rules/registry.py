"""All rules, each of which is one line here and one module beside."""

from __future__ import annotations

from flakecore.diagnosis.rules.crashes import (
    bad_address,
    caught_panic,
    closed_channel,
    env,
    exit_called,
    killed,
    map_concurrent,
    panic_cause,
    race,
    stack_overflow,
    unlocked,
    wait_group_panic,
)
from flakecore.diagnosis.rules.hangs import (
    blocked,
    bubble_stuck,
    chan_nil,
    deadline_missed,
    lock_copied,
    lock_cycle,
    lock_held,
    lock_not_released,
    peer_gone,
    self_lock,
    slots_taken,
    slow_not_stuck,
    wait_cycle,
    waits_outside,
)
from flakecore.diagnosis.rules.leaks import (
    folder_in_use,
    leak,
    leak_checked,
    leak_hurts_later,
    left_running,
    log_after_test,
)
from flakecore.diagnosis.rules.objects import (
    object_channels,
    object_circles,
    object_counts,
    object_locks,
)
from flakecore.diagnosis.rules.order import (
    differing_lines,
    late_add,
    registered_twice,
    shared_variable,
)
from flakecore.diagnosis.rules.rule import Rule
from flakecore.diagnosis.rules.runs import cached
from flakecore.diagnosis.rules.signals import alloc_share, cpu_shares, heap_grows, lock_order
from flakecore.diagnosis.rules.test_code.concurrency import (
    fatal_elsewhere,
    goroutine_count,
    loop_goroutine,
    loop_variable,
    unawaited,
)
from flakecore.diagnosis.rules.test_code.process import finalizer, fixed_port, random_source
from flakecore.diagnosis.rules.test_code.time import clock_value, sleep, wall_time
from flakecore.diagnosis.rules.test_code.unspecified_order import (
    both_ready,
    example_order,
    first_error,
    goroutine_order,
    last_writer,
    map_order,
    map_results,
)
from flakecore.diagnosis.rules.timers import (
    child_killed,
    context_not_cancelled,
    context_not_heeded,
    dialled_early,
    drained_timer,
    gave_up,
    stopped_ticker,
    timer_first,
)

RULES: tuple[Rule, ...] = (
    fatal_elsewhere.RULE,
    object_locks.RULE,
    slots_taken.BY_PAGE,
    object_channels.RULE,
    object_counts.RULE,
    object_circles.RULE,
    lock_cycle.RULE,
    self_lock.RULE,
    lock_copied.RULE,
    lock_held.RULE,
    lock_not_released.RULE,
    slots_taken.RULE,
    peer_gone.RULE,
    wait_cycle.RULE,
    drained_timer.RULE,
    stopped_ticker.RULE,
    chan_nil.CHAN_NIL,
    chan_nil.SELECT_EMPTY,
    bubble_stuck.RULE,
    slow_not_stuck.RULE,
    waits_outside.RULE,
    race.RULE,
    log_after_test.RULE,
    leak_checked.RULE,
    folder_in_use.RULE,
    leak_hurts_later.RULE,
    closed_channel.RULE,
    map_concurrent.RULE,
    registered_twice.RULE,
    panic_cause.RULE,
    wait_group_panic.RULE,
    unlocked.RULE,
    bad_address.RULE,
    stack_overflow.RULE,
    caught_panic.RULE,
    killed.RULE,
    exit_called.RULE,
    env.RULE,
    fixed_port.RULE,
    context_not_heeded.RULE,
    child_killed.RULE,
    timer_first.RULE,
    gave_up.RULE,
    dialled_early.RULE,
    late_add.RULE,
    sleep.RULE,
    unawaited.RULE,
    wall_time.RULE,
    clock_value.RULE,
    map_order.RULE,
    map_results.RULE,
    goroutine_order.RULE,
    first_error.RULE,
    last_writer.RULE,
    both_ready.RULE,
    example_order.RULE,
    goroutine_count.RULE,
    finalizer.RULE,
    random_source.RULE,
    loop_variable.RULE,
    loop_goroutine.RULE,
    shared_variable.RULE,
    differing_lines.RULE,
    deadline_missed.RULE,
    blocked.RULE,
    context_not_cancelled.RULE,
    leak.RULE,
    left_running.RULE,
    cached.RULE,
    lock_order.LOCK_ORDER,
    lock_order.LOCK_ORDER_BESIDES,
    heap_grows.RULE,
    cpu_shares.RULE,
    alloc_share.RULE,
)


def rule_ids() -> frozenset[str]:
    """Return every id that a finding may bear."""
    return frozenset(name for rule in RULES for name in rule.finding_ids)
