/* Columns of state changes, and the keys by which they are ordered. */
#ifndef FLAKECORE_CHANGES_H
#define FLAKECORE_CHANGES_H

#include "native.h"

/* ChangeColumns of state_changes.py. `stream` is the index of the thread's stream, or NONE. Procs
 * and threads have no reason, stack and actor. */
struct changes {
    int32_t *lane;
    int32_t *since;
    uint8_t *state;
    int16_t *reason;
    int32_t *stack;
    int32_t *actor;
    int32_t *goroutine;
    int16_t *proc;
    int16_t *stream;
    uint8_t *status;
};

/* Writes the time of a change: nanoseconds since the generation began, at most 0 for a status.
 * GIVEN_UP where 32 bits do not hold it. */
static inline int write_time(
    const struct changes *into, int64_t place, int64_t tick, const struct clock *clock, int status)
{
    int64_t elapsed = (int64_t)((uint64_t)tick - (uint64_t)clock->zero), time;
    elapsed = elapsed < -clock->most ? -clock->most : elapsed;
    elapsed = elapsed > clock->most ? clock->most : elapsed;
    if (clock->denominator == 1) {
        time = elapsed * clock->numerator;
    } else {
        int64_t whole = elapsed / clock->denominator;
        whole -= whole * clock->denominator > elapsed; /* rounded down */
        int64_t rest = elapsed - whole * clock->denominator;
        time = whole * clock->numerator + rest * clock->numerator / clock->denominator;
    }
    time -= clock->start;
    time = time < -INT32_MAX ? -INT32_MAX : time;
    time = status && time > 0 ? 0 : time;
    into->since[place] = (int32_t)time;
    return time <= INT32_MAX ? 0 : GIVEN_UP;
}

/* The lane of each row, and its order within the lane: twice the sequence number that it or the
 * change before it has, and one more where it has none of its own. */
struct keys {
    int32_t *lane;
    uint32_t *number;
    int64_t count, most;
};

/* Raises times that are earlier than that of the lane's change before, where clocks disagree. */
void only_forward(const int32_t *lane, int32_t *since, int64_t count);

/* Makes room for keys of as many rows; GIVEN_UP where memory is short. */
int make_keys(struct keys *keys, int64_t most);

void free_keys(struct keys *keys);

/* Adds the key of a row; GIVEN_UP where it does not fit. */
static inline int add_key(struct keys *keys, uint64_t lane, uint64_t number, int own)
{
    if (keys->count == keys->most || !fits(lane) || number >= 1 << 30)
        return GIVEN_UP;
    keys->lane[keys->count] = (int32_t)lane;
    keys->number[keys->count++] = (uint32_t)number << 1 | (uint32_t)own;
    return 0;
}

/* Turns the keys' lanes into the rows' places in the order by lane and number, and fills `lane`
 * with the lanes in that order; the numbers are gone then. Gives up where lanes or numbers are not
 * dense, or memory is short. */
int place_keys(struct keys *keys, int32_t *lane);

#endif
