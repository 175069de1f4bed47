/* State changes of threads: the loops of thread_transitions in transitions.py. A thread's changes
 * stand in the order of its stream, so there is nothing to sort. */
#include "changes.h"
#include "thread.h"

/* Where the next change goes, how far that may be, and where its stream's first one went. */
struct written {
    int64_t count, most, first;
};

/* Writes the state of a thread from a tick on; `calls` where it enters a syscall at that tick. */
static inline int write_change(
    const struct thread *thread,
    int32_t proc,
    int calls,
    int64_t tick,
    const struct clock *clock,
    int64_t stream,
    const struct changes *into,
    struct written *written)
{
    int64_t place = written->count++;
    enum state state = thread->goroutine == NONE ? STATE_IDLE : STATE_RUNNING;
    if (place >= written->most || proc > INT16_MAX)
        return GIVEN_UP;
    if (calls || (thread->goroutine != NONE && proc == NONE))
        state = STATE_SYSCALL;
    into->state[place] = (uint8_t)state;
    into->goroutine[place] = thread->goroutine;
    into->proc[place] = (int16_t)proc;
    into->stream[place] = (int16_t)stream;
    if (write_time(into, place, tick, clock, into->status[place]))
        return GIVEN_UP;
    if (place > written->first && into->since[place] < into->since[place - 1])
        into->since[place] = into->since[place - 1];
    return 0;
}

static inline int write_stream(
    const struct events *events,
    const struct clock *clock,
    int64_t stream,
    const struct changes *into,
    struct written *written)
{
    struct thread thread = at_begin(events, stream);
    int64_t first = events->streams[stream];
    int32_t had_goroutine = NONE, had_proc = NONE;
    written->first = written->count;
    if (first < events->streams[stream + 1] && written->count < written->most)
        into->status[written->count] = 1;
    for (int64_t row = first; row < events->streams[stream + 1]; row++) {
        struct thread before = thread;
        int32_t proc = thread.proc;
        int calls = events->type[row] == EV_GO_SYSCALL_BEGIN, status = 0;
        int returns = events->type[row] == EV_GO_SYSCALL_END;
        if (follow(&thread, events, row, &proc))
            return GIVEN_UP;
        /* A change of binding shows at the event behind the one that caused it. */
        if (row > first && !returns && (before.goroutine != had_goroutine || proc != had_proc))
            status = write_change(
                &before, proc, 0, events->tick[row - 1], clock, stream, into, written);
        if (!status && (row == first || calls || returns))
            status = write_change(
                &before, proc, calls, events->tick[row], clock, stream, into, written);
        if (status)
            return GIVEN_UP;
        had_goroutine = before.goroutine;
        had_proc = proc;
    }
    return 0;
}

/* Fills the columns of changes, for which there is room for `most`, and returns how many there are.
 * `status` is 0 before; a thread has no reason, stack and actor, and `lane` is its stream. */
EXPORT int64_t thread_changes(
    const struct events *events,
    const struct clock *clock,
    int64_t most,
    const struct changes *into)
{
    /* Copies, since the compiler has to assume that a byte written may be part of the originals. */
    const struct events from = *events;
    const struct clock times = *clock;
    const struct changes to = *into;
    struct written written = {0, most, 0};
    if (events->stream_count > INT16_MAX)
        return GIVEN_UP;
    for (int64_t stream = 0; stream < events->stream_count; stream++)
        if (write_stream(&from, &times, stream, &to, &written))
            return GIVEN_UP;
    return written.count;
}
