/* Changes of state, and the order in which they stand. */
#ifndef FLAKECORE_CHANGES_H
#define FLAKECORE_CHANGES_H

#include "kernel.h"

/* The columns of Transitions; `stream` is the thread's place among the streams, or NONE. Procs and
 * threads have no reason, stack and actor. */
struct changes {
    int32_t *lane;
    int64_t *tick;
    uint8_t *state;
    int32_t *reason;
    int32_t *stack;
    int32_t *actor;
    int32_t *goroutine;
    int32_t *proc;
    int32_t *stream;
    uint8_t *status;
};

/* Whose change each row is, and where in the lane it belongs: twice the number that it or the
 * change before it has, and one more where it has none of its own. */
struct keys {
    int32_t *lane;
    uint32_t *number;
    int64_t count, most;
};

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

/* Turns the keys' lanes into the rows' places in the order by lane and number. Gives up where lanes
 * or numbers are not dense, or memory is short. */
int place_keys(struct keys *keys);

#endif
