/* A generation's intervals of one kind of lane. */
#ifndef FLAKECORE_INTERVALS_H
#define FLAKECORE_INTERVALS_H

#include "native.h"

/* Columns of GenerationIntervals: rows by lane, each until the next one of its lane begins. */
struct intervals {
    const int32_t *since;
    const uint8_t *state;
    const uint8_t *status;
    const int64_t *first; /* the row at which each lane begins, and the end */
    int64_t lanes;
};

/* Whether an interval lies within the generation as a whole: the last of a lane never does. */
static inline int lies_within(const struct intervals *intervals, int64_t row, int64_t begin)
{
    return intervals->state[row] != STATE_ABSENT && !(row == begin && intervals->status[row]);
}

#endif
