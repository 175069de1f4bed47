/* What every thread that wrote events was doing, as transitions.py tells it: no order to find. */
#include "changes.h"

/* Which rows an event gives: one that shows what the event before it has bound or freed, and one
 * of its own. */
struct shown {
    int before, own;
};

static inline struct shown show(
    const struct events *events, const struct context *context, int64_t row, int64_t first)
{
    uint8_t type = events->type[row];
    int differs = row > first
                  && (context->goroutine[row] != context->goroutine[row - 1]
                      || context->proc[row] != context->proc[row - 1]);
    if (row == first || type == EV_GO_SYSCALL_END)
        return (struct shown){0, 1};
    return (struct shown){differs, type == EV_GO_SYSCALL_BEGIN};
}

EXPORT int64_t count_thread_changes(const struct events *events, const struct context *context)
{
    int64_t count = 0;
    for (int64_t stream = 0; stream < events->stream_count; stream++)
        for (int64_t row = events->streams[stream]; row < events->streams[stream + 1]; row++) {
            struct shown shown = show(events, context, row, events->streams[stream]);
            count += shown.before + shown.own;
        }
    return count;
}

static inline int write_change(
    const struct events *events,
    const struct context *context,
    const struct clock *clock,
    int64_t row,
    int64_t stream,
    int is_own,
    const struct changes *into,
    int64_t place)
{
    int32_t goroutine = context->goroutine[row], proc = context->proc[row];
    int calls = is_own && events->type[row] == EV_GO_SYSCALL_BEGIN;
    enum state state = goroutine == NONE ? STATE_IDLE : STATE_RUNNING;
    if (calls || (goroutine != NONE && proc == NONE))
        state = STATE_SYSCALL;
    into->state[place] = (uint8_t)state;
    into->goroutine[place] = goroutine;
    into->proc[place] = proc;
    into->stream[place] = (int32_t)stream;
    into->status[place] = row == events->streams[stream];
    /* A change of binding happens at the row that caused it, one before the row that shows it. */
    int64_t tick = events->tick[is_own ? row : row - 1];
    return write_time(into, place, tick, clock, into->status[place]);
}

/* Fills the columns of as many changes as count_thread_changes has counted, but for `lane`. */
EXPORT int32_t thread_changes(
    const struct events *events,
    const struct context *context,
    const struct clock *clock,
    const struct changes *into)
{
    int64_t place = 0;
    int status = 0;
    for (int64_t stream = 0; stream < events->stream_count; stream++)
        for (int64_t row = events->streams[stream]; row < events->streams[stream + 1]; row++) {
            struct shown shown = show(events, context, row, events->streams[stream]);
            if (shown.before)
                status |= write_change(
                    events, context, clock, row, stream, 0, into, place++);
            if (shown.own)
                status |= write_change(
                    events, context, clock, row, stream, 1, into, place++);
        }
    only_forward(into->stream, into->since, place);
    return status;
}
