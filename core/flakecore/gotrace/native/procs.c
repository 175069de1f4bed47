/* State changes of procs, with the goroutine each runs: the loops of proc_transitions in
 * transitions.py. */
#include "changes.h"
#include "thread.h"

struct change {
    uint64_t lane, number, goroutine;
    enum state state;
    int own, is_status;
};

/* Returns whether an event changes a proc, and how. The goroutine is (uint64_t)NONE for none;
 * `before` is the thread just before, and `proc` the one it then had. */
static inline int find_change(
    const struct events *events,
    int64_t row,
    const struct thread *before,
    int32_t proc,
    struct change *change)
{
    uint8_t type = events->type[row];
    uint64_t number[3];
    *change = (struct change){
        .lane = (uint64_t)proc,
        .number = (uint64_t)before->proc_span,
        .goroutine = (uint64_t)NONE,
        .state = STATE_RUNNING,
        .own = 1,
    };
    switch (type) {
    case EV_PROC_START:
    case EV_PROC_STEAL:
        read_arguments(events, row, 2, number);
        change->lane = number[0];
        change->number = number[1];
        change->own = 0;
        if (type == EV_PROC_STEAL)
            change->state = STATE_IDLE;
        else
            change->goroutine = (uint64_t)before->goroutine;
        return 1;
    case EV_PROC_STATUS:
        read_arguments(events, row, 2, number);
        change->lane = number[0];
        change->number = 0;
        change->own = 0;
        change->is_status = 1;
        if (number[1] == PROC_SYSCALL)
            change->state = STATE_SYSCALL;
        else if (number[1] == PROC_IDLE || number[1] == PROC_SYSCALL_ABANDONED)
            change->state = STATE_IDLE;
        return 1;
    case EV_PROC_STOP:
    case EV_GO_DESTROY_SYSCALL:
        change->state = STATE_IDLE;
        return proc != NONE;
    case EV_GO_STOP:
    case EV_GO_BLOCK:
    case EV_GO_DESTROY:
    case EV_GO_SYSCALL_END_BLOCKED:
        return proc != NONE;
    case EV_GO_SYSCALL_END:
        change->goroutine = (uint64_t)before->goroutine;
        return proc != NONE;
    case EV_GO_SYSCALL_BEGIN:
        if (proc == NONE)
            return 0;
        read_arguments(events, row, 1, number);
        change->number = number[0];
        change->own = 0;
        change->state = STATE_SYSCALL;
        change->goroutine = (uint64_t)before->goroutine;
        return 1;
    case EV_GO_START:
    case EV_GO_SWITCH:
    case EV_GO_SWITCH_DESTROY:
        if (proc == NONE)
            return 0;
        read_arguments(events, row, 1, number);
        change->goroutine = number[0];
        return 1;
    case EV_GO_STATUS:
    case EV_GO_STATUS_STACK:
        if (proc == NONE)
            return 0;
        read_arguments(events, row, 3, number);
        if (number[2] == GO_SYSCALL)
            change->state = STATE_SYSCALL;
        change->goroutine = number[0];
        return is_here(number[2], number[1], before->number);
    }
    return 0;
}

/* Returns how many changes there are at most. */
EXPORT int64_t count_proc_changes(const struct events *events)
{
    int64_t rows = events->streams[events->stream_count], count = 0;
    for (int64_t row = 0; row < rows; row++) {
        uint8_t type = events->type[row];
        count += (type >= EV_PROC_START && type <= EV_PROC_STATUS)
                 || (type >= EV_GO_START && type <= EV_GO_STATUS && type != EV_GO_UNBLOCK)
                 || type == EV_GO_SWITCH || type == EV_GO_SWITCH_DESTROY
                 || type == EV_GO_STATUS_STACK;
    }
    return count;
}

static int find_keys(const struct events *events, struct keys *keys)
{
    struct change change;
    for (int64_t stream = 0; stream < events->stream_count; stream++) {
        struct thread thread = at_begin(events, stream);
        for (int64_t row = events->streams[stream]; row < events->streams[stream + 1]; row++) {
            struct thread before = thread;
            int32_t proc = thread.proc;
            if (follow(&thread, events, row, &proc))
                return GIVEN_UP;
            if (find_change(events, row, &before, proc, &change)
                && add_key(keys, change.lane, change.number, change.own))
                return GIVEN_UP;
        }
    }
    return 0;
}

static inline int write_change(
    const struct change *change,
    int64_t tick,
    int64_t stream,
    const struct clock *clock,
    const struct changes *into,
    int64_t place)
{
    int idle = change->state == STATE_IDLE;
    if (change->goroutine != (uint64_t)NONE && !fits(change->goroutine))
        return GIVEN_UP;
    into->state[place] = (uint8_t)change->state;
    into->goroutine[place] = idle ? NONE : (int32_t)(int64_t)change->goroutine;
    into->stream[place] = idle ? NONE : (int16_t)stream;
    if (change->is_status)
        into->status[place] = 1;
    return write_time(into, place, tick, clock, change->is_status);
}

static inline int write_all(
    const struct events *events,
    const struct clock *clock,
    const struct keys *keys,
    const struct changes *into)
{
    struct change change;
    int64_t key = 0;
    for (int64_t stream = 0; stream < events->stream_count; stream++) {
        struct thread thread = at_begin(events, stream);
        for (int64_t row = events->streams[stream]; row < events->streams[stream + 1]; row++) {
            struct thread before = thread;
            int32_t proc = thread.proc;
            if (follow(&thread, events, row, &proc))
                return GIVEN_UP;
            if (!find_change(events, row, &before, proc, &change))
                continue;
            if (key == keys->count) /* the file has been changed meanwhile */
                return GIVEN_UP;
            if (write_change(
                    &change, events->tick[row], stream, clock, into, keys->lane[key++]))
                return GIVEN_UP;
        }
    }
    only_forward(into->lane, into->since, keys->count);
    return key == keys->count ? 0 : GIVEN_UP;
}

/* Fills the columns of changes, for which there is room for `most`, and returns how many there are.
 * `status` is 0 before; a proc has no reason, stack and actor, and `proc` is the lane. */
EXPORT int64_t proc_changes(
    const struct events *events,
    const struct clock *clock,
    int64_t most,
    const struct changes *into)
{
    /* Copies, since the compiler has to assume that a byte written may be part of the originals. */
    const struct events from = *events;
    const struct clock times = *clock;
    const struct changes to = *into;
    struct keys keys;
    if (events->stream_count > INT16_MAX)
        return GIVEN_UP;
    int status = make_keys(&keys, most);
    if (!status)
        status = find_keys(events, &keys);
    if (!status)
        status = place_keys(&keys, into->lane);
    if (!status)
        status = write_all(&from, &times, &keys, &to);
    free_keys(&keys);
    return status ? GIVEN_UP : keys.count;
}
