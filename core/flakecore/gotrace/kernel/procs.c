/* State changes of procs, with the goroutine each runs, as transitions.py tells them. */
#include "changes.h"

struct change {
    uint64_t lane, number, goroutine;
    enum state state;
    int own, is_status;
};

/* Returns whether an event changes a proc, and how. The goroutine is (uint64_t)NONE for none. */
static inline int find_change(
    const struct events *events,
    const struct context *context,
    int64_t row,
    int64_t own_thread,
    struct change *change)
{
    uint8_t type = events->type[row];
    uint64_t number[3];
    int32_t proc = context->proc[row];
    const uint64_t nobody = (uint64_t)NONE;
    *change = (struct change){
        .lane = (uint64_t)proc,
        .number = (uint64_t)context->proc_span[row],
        .goroutine = nobody,
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
            change->goroutine = (uint64_t)(int64_t)context->goroutine[row];
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
        change->goroutine = (uint64_t)(int64_t)context->goroutine[row];
        return proc != NONE;
    case EV_GO_SYSCALL_BEGIN:
        if (proc == NONE)
            return 0;
        read_arguments(events, row, 1, number);
        change->number = number[0];
        change->own = 0;
        change->state = STATE_SYSCALL;
        change->goroutine = (uint64_t)(int64_t)context->goroutine[row];
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
        return is_here(number[2], number[1], own_thread);
    }
    return 0;
}

EXPORT int64_t count_proc_changes(const struct events *events, const struct context *context)
{
    struct change change;
    int64_t count = 0;
    for (int64_t stream = 0; stream < events->stream_count; stream++)
        for (int64_t row = events->streams[stream]; row < events->streams[stream + 1]; row++)
            count += find_change(events, context, row, events->threads[stream], &change);
    return count;
}

static int find_keys(
    const struct events *events, const struct context *context, struct keys *keys)
{
    struct change change;
    int status = 0;
    for (int64_t stream = 0; stream < events->stream_count && !status; stream++)
        for (int64_t row = events->streams[stream]; row < events->streams[stream + 1]; row++)
            if (find_change(events, context, row, events->threads[stream], &change)
                && (status = add_key(keys, change.lane, change.number, change.own)))
                break;
    return status;
}

static int write_all(
    const struct events *events,
    const struct context *context,
    const struct clock *clock,
    const struct keys *keys,
    const struct changes *into)
{
    struct change change;
    int64_t key = 0;
    for (int64_t stream = 0; stream < events->stream_count; stream++)
        for (int64_t row = events->streams[stream]; row < events->streams[stream + 1]; row++) {
            if (!find_change(events, context, row, events->threads[stream], &change))
                continue;
            int64_t place = keys->lane[key++];
            int idle = change.state == STATE_IDLE;
            into->state[place] = (uint8_t)change.state;
            into->goroutine[place] = idle ? NONE : (int32_t)(int64_t)change.goroutine;
            into->stream[place] = idle ? NONE : (int32_t)stream;
            if (change.is_status)
                into->status[place] = 1;
            if (change.goroutine != (uint64_t)NONE && !fits(change.goroutine))
                return GIVEN_UP;
            if (write_time(into, place, events->tick[row], clock, change.is_status))
                return GIVEN_UP;
        }
    only_forward(into->lane, into->since, keys->count);
    return 0;
}

/* Fills the columns of as many changes as count_proc_changes has counted, of which
 * `status` is 0 before, and `proc` is left alone: it is the lane. */
EXPORT int32_t proc_changes(
    const struct events *events,
    const struct context *context,
    const struct clock *clock,
    int64_t count,
    const struct changes *into)
{
    struct keys keys;
    int status = make_keys(&keys, count);
    if (!status)
        status = find_keys(events, context, &keys);
    if (!status)
        status = place_keys(&keys, into->lane);
    if (!status)
        status = write_all(events, context, clock, &keys, into);
    free_keys(&keys);
    return status;
}
