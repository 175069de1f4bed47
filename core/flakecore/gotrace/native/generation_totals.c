/* What a generation's intervals add up to: the loops of generation_totals.py. */
#include "native.h"

enum { PROCS = 1 << 15 }; /* numbers that an int16_t holds */

/* Intervals by lane: those of the nth stand from begins[n] to ends[n]. ABSENT ones do not count. */
struct counted {
    const int32_t *since, *until;
    const uint8_t *state;
    const int16_t *reason, *proc;
    const int64_t *begins, *ends;
    int64_t lanes;
};

/* What is counted: by state whether it is a wait, by reason whether it is that of a preemption. */
struct counting {
    const uint8_t *waits, *preempts;
    int64_t states, reasons;
};

/* By lane the extent, the longest wait, how often it was preempted, and how many of `runnable` and
 * of `syscalls` are its own. Those hold durations, lane after lane. Then the time of each state
 * that a lane has, and each proc that it ran on: `times` and `procs` of them. */
struct totals {
    int64_t *start, *end, *longest_wait, *preemptions, *runnable_count, *syscall_count;
    uint32_t *runnable, *syscalls;
    int32_t *time_lane;
    uint8_t *time_state;
    int64_t *time;
    int32_t *proc_lane;
    int16_t *proc;
    int64_t runnables, calls, times, procs;
};

/* Adds up one lane; `time` is by state, `seen` by proc the lane that was the last to run on it. */
static inline void add_lane(
    const struct counted *from,
    const struct counting *by,
    int64_t lane,
    struct totals *into,
    int64_t *time,
    int32_t *seen)
{
    int64_t runnables = into->runnables, calls = into->calls, longest = 0, preemptions = 0;
    int64_t start = 0, end = 0;
    int any = 0;
    memset(time, 0, (size_t)by->states * sizeof *time);
    for (int64_t row = from->begins[lane]; row < from->ends[lane]; row++) {
        uint8_t state = from->state[row];
        if (state == STATE_ABSENT || state >= by->states)
            continue;
        int64_t length = (int64_t)from->until[row] - from->since[row];
        int16_t reason = from->reason[row], proc = from->proc[row];
        start = any ? start : from->since[row];
        end = from->until[row];
        any = 1;
        time[state] += length;
        longest = by->waits[state] && length > longest ? length : longest;
        preemptions += reason >= 0 && reason < by->reasons && by->preempts[reason];
        /* Written in any case and kept where it counts: there is room for one more than all rows. */
        into->runnable[runnables] = (uint32_t)length;
        runnables += state == STATE_RUNNABLE;
        into->syscalls[calls] = (uint32_t)length;
        calls += state == STATE_SYSCALL;
        if (state == STATE_RUNNING && proc >= 0 && seen[proc] != lane + 1) {
            seen[proc] = (int32_t)(lane + 1);
            into->proc_lane[into->procs] = (int32_t)lane;
            into->proc[into->procs++] = proc;
        }
    }
    for (int64_t state = 0; state < by->states; state++)
        if (time[state]) {
            into->time_lane[into->times] = (int32_t)lane;
            into->time_state[into->times] = (uint8_t)state;
            into->time[into->times++] = time[state];
        }
    into->start[lane] = start;
    into->end[lane] = end;
    into->longest_wait[lane] = longest;
    into->preemptions[lane] = preemptions;
    into->runnable_count[lane] = runnables - into->runnables;
    into->syscall_count[lane] = calls - into->calls;
    into->runnables = runnables;
    into->calls = calls;
}

/* Adds up the intervals of each goroutine. */
EXPORT int32_t goroutine_totals(
    const struct counted *counted, const struct counting *counting, struct totals *totals)
{
    /* Copies, since the compiler has to assume that a byte written may be part of the originals. */
    const struct counted from = *counted;
    const struct counting by = *counting;
    struct totals into = *totals;
    int32_t *seen = calloc(PROCS, sizeof *seen);
    int64_t *time = calloc((size_t)by.states, sizeof *time);
    int status = seen && time && from.lanes < INT32_MAX ? 0 : GIVEN_UP;
    for (int64_t lane = 0; lane < from.lanes && !status; lane++)
        add_lane(&from, &by, lane, &into, time, seen);
    free(seen);
    free(time);
    totals->runnables = into.runnables;
    totals->calls = into.calls;
    totals->times = into.times;
    totals->procs = into.procs;
    return status;
}

/* Counts the intervals in which a proc is idle straight after one in a system call, and sets the
 * state of each lane's first and last interval: ABSENT for a lane that has none. */
EXPORT int64_t count_steals(
    const uint8_t *state,
    const int64_t *begins,
    const int64_t *ends,
    int64_t lanes,
    uint8_t *first,
    uint8_t *last)
{
    int64_t count = 0;
    for (int64_t lane = 0; lane < lanes; lane++) {
        uint8_t before = STATE_ABSENT;
        first[lane] = STATE_ABSENT;
        for (int64_t row = begins[lane]; row < ends[lane]; row++) {
            if (state[row] == STATE_ABSENT)
                continue;
            count += before == STATE_SYSCALL && state[row] == STATE_IDLE;
            before = state[row];
            first[lane] = first[lane] == STATE_ABSENT ? before : first[lane];
        }
        last[lane] = before;
    }
    return count;
}
