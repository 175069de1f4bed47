/* State changes of goroutines: the loops of goroutine_transitions in transitions.py. */
#include "changes.h"
#include "thread.h"

enum { MOST_NUMBERS = 4 };

/* Whether an event changes the goroutine on which it happens, and to what. */
static inline int changes_own(uint8_t type, enum state *state)
{
    switch (type) {
    case EV_GO_SYSCALL_END:
        *state = STATE_RUNNING;
        return 1;
    case EV_GO_STOP:
    case EV_GO_SYSCALL_END_BLOCKED:
        *state = STATE_RUNNABLE;
        return 1;
    case EV_GO_BLOCK:
        *state = STATE_OTHER_WAIT;
        return 1;
    case EV_GO_SWITCH:
        *state = STATE_COROUTINE;
        return 1;
    case EV_GO_SYSCALL_BEGIN:
        *state = STATE_SYSCALL;
        return 1;
    case EV_GO_DESTROY:
    case EV_GO_DESTROY_SYSCALL:
    case EV_GO_SWITCH_DESTROY:
        *state = STATE_ABSENT;
        return 1;
    }
    return 0;
}

/* Whether an event changes the goroutine that it names, to what, and whether with a sequence
 * number. The new state of a status is its argument. */
static inline int changes_named(uint8_t type, enum state *state, int *numbered)
{
    *numbered = 0;
    switch (type) {
    case EV_GO_CREATE:
        *state = STATE_RUNNABLE;
        return 1;
    case EV_GO_CREATE_BLOCKED:
        *state = STATE_COROUTINE;
        return 1;
    case EV_GO_CREATE_SYSCALL:
        *state = STATE_SYSCALL;
        return 1;
    case EV_GO_UNBLOCK:
        *state = STATE_RUNNABLE;
        *numbered = 1;
        return 1;
    case EV_GO_START:
    case EV_GO_SWITCH:
    case EV_GO_SWITCH_DESTROY:
        *state = STATE_RUNNING;
        *numbered = 1;
        return 1;
    case EV_GO_STATUS:
    case EV_GO_STATUS_STACK:
        *state = STATE_ABSENT;
        return 1;
    }
    return 0;
}

/* Returns the state of a goroutine status. */
static enum state state_of_status(uint64_t status)
{
    switch (status) {
    case GO_RUNNABLE:
        return STATE_RUNNABLE;
    case GO_RUNNING:
        return STATE_RUNNING;
    case GO_SYSCALL:
        return STATE_SYSCALL;
    case GO_WAITING:
        return STATE_OTHER_WAIT;
    }
    return STATE_ABSENT;
}

/* Returns how many changes there are at most: fewer where an event that changes the goroutine on
 * which it happens is on none. */
EXPORT int64_t count_goroutine_changes(const struct events *events)
{
    int64_t rows = events->streams[events->stream_count], count = 0;
    enum state state;
    int numbered;
    for (int64_t row = 0; row < rows; row++)
        count += changes_own(events->type[row], &state)
                 + changes_named(events->type[row], &state, &numbered);
    return count;
}

static inline int add_keys(
    const struct events *events, int64_t row, const struct thread *thread, struct keys *keys)
{
    uint8_t type = events->type[row];
    enum state state;
    int numbered, status = 0;
    if (changes_own(type, &state) && thread->goroutine != NONE)
        status = add_key(
            keys, (uint64_t)thread->goroutine, (uint64_t)thread->goroutine_span, 1);
    if (!status && changes_named(type, &state, &numbered)) {
        uint64_t number[2] = {0, 0};
        read_arguments(events, row, 1 + numbered, number);
        status = add_key(keys, number[0], number[1], 0);
    }
    return status;
}

static int find_keys(const struct events *events, struct keys *keys)
{
    for (int64_t stream = 0; stream < events->stream_count; stream++) {
        struct thread thread = at_begin(events, stream);
        for (int64_t row = events->streams[stream]; row < events->streams[stream + 1]; row++) {
            int32_t proc;
            if (add_keys(events, row, &thread, keys) || follow(&thread, events, row, &proc))
                return GIVEN_UP;
        }
    }
    return 0;
}

/* A generation, and where its changes are written: copies, since the compiler has to assume that a
 * byte written through a pointer may be part of anything else. */
struct work {
    struct events events;
    struct clock clock;
    const int8_t *stack_argument;
    struct changes into;
};

struct change {
    uint64_t reason, stack;
    enum state state;
    int32_t goroutine, proc; /* on which it happened */
    int is_status, is_elsewhere;
};

static inline int write_change(
    const struct work *work,
    int64_t row,
    int64_t stream,
    const struct change *change,
    int64_t place)
{
    const struct changes *into = &work->into;
    int bound = change->state == STATE_RUNNING || change->state == STATE_SYSCALL;
    if (change->reason > INT16_MAX || !fits(change->stack) || change->proc > INT16_MAX)
        return GIVEN_UP;
    into->state[place] = (uint8_t)change->state;
    into->reason[place] = (int16_t)change->reason;
    into->stack[place] = (int32_t)change->stack;
    into->actor[place] = change->goroutine;
    into->proc[place] = bound && !change->is_elsewhere ? (int16_t)change->proc : NONE;
    into->stream[place] = bound ? (int16_t)stream : NONE;
    if (change->is_status)
        into->status[place] = 1;
    return write_time(into, place, work->events.tick[row], &work->clock, change->is_status);
}

/* Writes the changes of one event to the rows in `places`, of which `left` remain; returns how many
 * there were, or GIVEN_UP. */
static inline int write_changes(
    const struct work *work,
    int64_t row,
    int64_t stream,
    int32_t goroutine,
    int32_t proc,
    const int32_t *places,
    int64_t left)
{
    uint8_t type = work->events.type[row];
    enum state own, named;
    int numbered, written = 0;
    int is_own = changes_own(type, &own) && goroutine != NONE;
    int is_named = changes_named(type, &named, &numbered);
    if (!is_own && !is_named)
        return 0;
    if (is_own + is_named > left)
        return GIVEN_UP; /* the file has been changed meanwhile */
    uint64_t number[MOST_NUMBERS] = {0};
    int stack = work->stack_argument[type], reasoned = type == EV_GO_STOP || type == EV_GO_BLOCK;
    int count = is_status(type) ? 3 : is_named || reasoned;
    count = stack < MOST_NUMBERS && stack >= count ? stack + 1 : count;
    read_arguments(&work->events, row, count, number);
    struct change change = {
        .stack = stack >= 0 && stack < MOST_NUMBERS ? number[stack] : 0,
        .goroutine = goroutine,
        .proc = proc,
    };
    if (is_own) {
        change.reason = reasoned ? number[0] : 0;
        change.state = own;
        if (write_change(work, row, stream, &change, places[written++]))
            return GIVEN_UP;
    }
    if (is_named) {
        change.reason = 0;
        change.is_status = is_status(type);
        change.state = change.is_status ? state_of_status(number[2]) : named;
        change.is_elsewhere = change.is_status && number[2] == GO_SYSCALL
                              && !is_here(number[2], number[1], work->events.threads[stream]);
        if (write_change(work, row, stream, &change, places[written++]))
            return GIVEN_UP;
    }
    return written;
}

static inline int write_all(const struct work *work, const struct keys *keys)
{
    const struct events *events = &work->events;
    int64_t key = 0;
    for (int64_t stream = 0; stream < events->stream_count; stream++) {
        struct thread thread = at_begin(events, stream);
        for (int64_t row = events->streams[stream]; row < events->streams[stream + 1]; row++) {
            int32_t goroutine = thread.goroutine, proc = thread.proc;
            if (follow(&thread, events, row, &proc))
                return GIVEN_UP;
            int written = write_changes(
                work, row, stream, goroutine, proc, keys->lane + key, keys->count - key);
            if (written < 0)
                return GIVEN_UP;
            key += written;
        }
    }
    only_forward(work->into.lane, work->into.since, keys->count);
    return key == keys->count ? 0 : GIVEN_UP;
}

/* Fills the columns of changes, for which there is room for `most`, and returns how many there are.
 * `status` is 0 before, and `goroutine` is left alone: it is the lane. */
EXPORT int64_t goroutine_changes(
    const struct events *events,
    const struct clock *clock,
    const int8_t *stack_argument,
    int64_t most,
    const struct changes *into)
{
    const struct work work = {*events, *clock, stack_argument, *into};
    struct keys keys;
    if (events->stream_count > INT16_MAX)
        return GIVEN_UP;
    int status = make_keys(&keys, most);
    if (!status)
        status = find_keys(events, &keys);
    if (!status)
        status = place_keys(&keys, into->lane);
    if (!status)
        status = write_all(&work, &keys);
    free_keys(&keys);
    return status ? GIVEN_UP : keys.count;
}

/* Marks the pairs of a reason (row of the table) and a stack (column) that waits have. */
EXPORT void mark_waits(
    const uint8_t *state,
    const int16_t *reason,
    const int32_t *stack,
    int64_t count,
    int64_t width,
    uint8_t *table)
{
    for (int64_t row = 0; row < count; row++)
        if (state[row] == STATE_OTHER_WAIT)
            table[reason[row] * width + stack[row]] = 1;
}

/* Sets the state of each wait to the one in the table for its reason and stack. */
EXPORT void set_wait_states(
    uint8_t *state,
    const int16_t *reason,
    const int32_t *stack,
    int64_t count,
    int64_t width,
    const uint8_t *table)
{
    for (int64_t row = 0; row < count; row++)
        if (state[row] == STATE_OTHER_WAIT)
            state[row] = table[reason[row] * width + stack[row]];
}
