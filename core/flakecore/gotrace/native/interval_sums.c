/* Time by lane, bucket and state: the loops of overview.py. */
#include "intervals.h"

/* Sums by (lane * buckets + bucket) * states + state, and by lane * buckets + bucket whom the lane
 * held last; `occupant` is NULL for lanes that hold nobody. */
struct sums {
    int64_t buckets, states;
    int32_t shift;
    int64_t *time;
    uint8_t *occurs;
    const int32_t *occupant;
    int64_t *held;
};

static inline int64_t bucket_of(int64_t time, const struct sums *sums)
{
    int64_t bucket = time >> sums->shift;
    return bucket < sums->buckets ? bucket : sums->buckets - 1;
}

static inline void add(const struct sums *sums, int64_t cell, uint8_t state, int64_t time)
{
    int64_t key = cell * sums->states + (state < sums->states ? state : 0);
    sums->time[key] += time;
    sums->occurs[key] = 1;
}

/* Adds an interval to each bucket that it touches, and whom the lane held to all of them. */
static inline void add_long(
    const struct intervals *intervals,
    int64_t row,
    int64_t since,
    int64_t until,
    int64_t lane,
    const struct sums *sums)
{
    int64_t last = bucket_of(until - 1, sums);
    for (int64_t bucket = bucket_of(since, sums); bucket <= last; bucket++) {
        int64_t low = bucket << sums->shift, high = (bucket + 1) << sums->shift;
        low = since > low ? since : low;
        high = until < high ? until : high;
        add(sums, lane * sums->buckets + bucket, intervals->state[row], high - low);
        if (sums->occupant)
            sums->held[lane * sums->buckets + bucket] = sums->occupant[row];
    }
}

static inline void add_lane(const struct intervals *intervals, int64_t lane, const struct sums *sums)
{
    int64_t begin = intervals->first[lane], end = intervals->first[lane + 1] - 1;
    int any_long = 0;
    for (int64_t row = begin; row < end; row++) {
        int64_t since = intervals->since[row] > 0 ? intervals->since[row] : 0;
        int64_t until = intervals->since[row + 1] > since ? intervals->since[row + 1] : since;
        int64_t bucket = bucket_of(since, sums), cell = lane * sums->buckets + bucket;
        if (sums->occupant)
            sums->held[cell] = sums->occupant[row];
        if (!lies_within(intervals, row, begin))
            continue;
        if (until > since && bucket_of(until - 1, sums) > bucket)
            any_long = 1;
        else
            add(sums, cell, intervals->state[row], until - since);
    }
    if (sums->occupant && end >= begin) {
        int64_t since = intervals->since[end] > 0 ? intervals->since[end] : 0;
        sums->held[lane * sums->buckets + bucket_of(since, sums)] = sums->occupant[end];
    }
    for (int64_t row = begin; row < end && any_long; row++) {
        int64_t since = intervals->since[row] > 0 ? intervals->since[row] : 0;
        int64_t until = intervals->since[row + 1];
        if (lies_within(intervals, row, begin) && until > since
            && bucket_of(until - 1, sums) > bucket_of(since, sums))
            add_long(intervals, row, since, until, lane, sums);
    }
}

/* Adds all intervals that lie within their generation to sums that are zero before. */
EXPORT void sum_intervals(const struct intervals *intervals, const struct sums *sums)
{
    /* Copies, since the compiler has to assume that a byte written may be part of the originals. */
    const struct intervals from = *intervals;
    const struct sums into = *sums;
    for (int64_t lane = 0; lane < from.lanes; lane++)
        add_lane(&from, lane, &into);
}
