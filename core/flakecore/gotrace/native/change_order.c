/* The order of state changes by lane and then by sequence number: the counting sort of
 * sequence.py. */
#include "changes.h"

enum { SPARSE = 1 << 16, MOST_ROWS = 1 << 28 };

int make_keys(struct keys *keys, int64_t most)
{
    size_t size = most ? (size_t)most : 1;
    keys->count = 0;
    keys->most = most;
    keys->lane = malloc(size * sizeof *keys->lane);
    keys->number = malloc(size * sizeof *keys->number);
    return keys->lane && keys->number ? 0 : GIVEN_UP;
}

void free_keys(struct keys *keys)
{
    free(keys->lane);
    free(keys->number);
}

void only_forward(const int32_t *lane, int32_t *since, int64_t count)
{
    for (int64_t row = 1; row < count; row++)
        if (lane[row] == lane[row - 1] && since[row] < since[row - 1])
            since[row] = since[row - 1];
}

static inline int is_own(const struct keys *keys, int64_t row)
{
    return keys->number[row] & 1;
}

/* Counts the rows of each slot into the size of the slot after it. */
static int fill_slots(
    const struct keys *keys, int64_t low, const int32_t *first, int32_t *sizes, uint8_t *taken)
{
    for (int64_t row = 0; row < keys->count; row++) {
        int64_t lane = keys->lane[row] - low;
        int64_t slot = first[lane] + (int64_t)(keys->number[row] >> 1);
        if (slot >= first[lane + 1])
            return GIVEN_UP;
        if (!is_own(keys, row)) {
            if (taken[slot])
                return GIVEN_UP;
            taken[slot] = 1;
        }
        sizes[slot + 1]++;
    }
    return 0;
}

static void take_places(struct keys *keys, int64_t low, const int32_t *first, int32_t *next)
{
    for (int own = 0; own < 2; own++)
        for (int64_t row = 0; row < keys->count; row++)
            if (is_own(keys, row) == own) {
                int64_t slot = first[keys->lane[row] - low] + (int64_t)(keys->number[row] >> 1);
                keys->lane[row] = next[slot]++;
            }
}

/* Fills a column with each lane's number; `begins` is where each slot's rows do. */
static void fill_lanes(
    int64_t low, int64_t lanes, const int32_t *first, const int32_t *begins, int32_t *lane)
{
    for (int64_t nth = 0; nth < lanes; nth++)
        for (int32_t row = begins[first[nth]]; row < begins[first[nth + 1]]; row++)
            lane[row] = (int32_t)(low + nth);
}

static int place_in_slots(
    struct keys *keys, int64_t low, int64_t lanes, const int32_t *first, int32_t *lane)
{
    int64_t slots = first[lanes];
    int32_t *next = calloc((size_t)slots + 1, sizeof *next);
    uint8_t *taken = calloc((size_t)slots, 1);
    int status = next && taken ? fill_slots(keys, low, first, next, taken) : GIVEN_UP;
    free(taken);
    if (!status) {
        for (int64_t slot = 0; slot < slots; slot++)
            next[slot + 1] += next[slot];
        fill_lanes(low, lanes, first, next, lane);
        take_places(keys, low, first, next);
        free(keys->number);
        keys->number = NULL;
    }
    free(next);
    return status;
}

int place_keys(struct keys *keys, int32_t *lane)
{
    if (!keys->count)
        return 0;
    int64_t low = keys->lane[0], high = low;
    for (int64_t row = 0; row < keys->count; row++) {
        low = keys->lane[row] < low ? keys->lane[row] : low;
        high = keys->lane[row] > high ? keys->lane[row] : high;
    }
    int64_t lanes = high - low + 1;
    if (keys->count >= MOST_ROWS || lanes > 2 * keys->count + SPARSE)
        return GIVEN_UP;
    /* A lane has one more slot than sequence numbers: for what comes before the first. */
    int32_t *first = calloc((size_t)lanes + 1, sizeof *first);
    if (!first)
        return GIVEN_UP;
    for (int64_t row = 0; row < keys->count; row++)
        first[keys->lane[row] - low + 1] += !is_own(keys, row);
    for (int64_t nth = 0; nth < lanes; nth++)
        first[nth + 1] += first[nth] + 1;
    int status = place_in_slots(keys, low, lanes, first, lane);
    free(first);
    return status;
}
