/* The goroutine and the proc on which events happened. */
#include "thread.h"

/* BoundColumns of thread_context.py. */
struct context {
    int32_t *goroutine;
    int32_t *proc;
    int32_t *goroutine_span;
    int32_t *proc_span;
};

static inline void write_context(
    const struct context *context, int64_t at, const struct thread *before, int32_t proc)
{
    context->goroutine[at] = before->goroutine;
    context->goroutine_span[at] = before->goroutine_span;
    context->proc[at] = proc;
    context->proc_span[at] = before->proc_span;
}

/* Fills the context of every event. */
EXPORT int32_t bind_threads(const struct events *events, const struct context *context)
{
    for (int64_t stream = 0; stream < events->stream_count; stream++) {
        struct thread thread = at_begin(events, stream);
        for (int64_t row = events->streams[stream]; row < events->streams[stream + 1]; row++) {
            struct thread before = thread;
            int32_t proc = thread.proc;
            if (follow(&thread, events, row, &proc) == GIVEN_UP)
                return GIVEN_UP;
            write_context(context, row, &before, proc);
        }
    }
    return 0;
}

/* Fills the context of some events, given by ascending rows. Counts all events that lack a proc or
 * a goroutine they need, and sets `first_lacking` to the row of the first. `needs`, by type: 1 for
 * a proc, 2 for a goroutine, 3 for both. */
EXPORT int32_t bind_some(
    const struct events *events,
    const int64_t *rows,
    int64_t count,
    const struct context *context,
    const uint8_t *needs,
    int64_t *lacking,
    int64_t *first_lacking)
{
    int64_t nth = 0;
    *lacking = 0;
    for (int64_t stream = 0; stream < events->stream_count; stream++) {
        struct thread thread = at_begin(events, stream);
        for (int64_t row = events->streams[stream]; row < events->streams[stream + 1]; row++) {
            struct thread before = thread;
            int32_t proc = thread.proc;
            if (follow(&thread, events, row, &proc) == GIVEN_UP)
                return GIVEN_UP;
            int lacks = (proc == NONE) | (before.goroutine == NONE) << 1;
            if (needs[events->type[row]] & lacks && !(*lacking)++)
                *first_lacking = row;
            if (nth < count && rows[nth] == row)
                write_context(context, nth++, &before, proc);
        }
    }
    return 0;
}
