/* The rows of intervals that are kept for the whole trace: the loops of retained_events.py. */
#include "intervals.h"

struct wait {
    int64_t length, row;
};

/* Whether one wait is dropped before another: the shorter one, and of two as long the later. */
static inline int less(struct wait one, struct wait other)
{
    return one.length != other.length ? one.length < other.length : one.row > other.row;
}

static void sink(struct wait *heap, int64_t size, int64_t at)
{
    for (;;) {
        int64_t least = at, child = 2 * at + 1;
        if (child < size && less(heap[child], heap[least]))
            least = child;
        if (child + 1 < size && less(heap[child + 1], heap[least]))
            least = child + 1;
        if (least == at)
            return;
        struct wait other = heap[least];
        heap[least] = heap[at];
        heap[at] = other;
        at = least;
    }
}

static void rise(struct wait *heap, int64_t at)
{
    while (at > 0 && less(heap[at], heap[(at - 1) / 2])) {
        struct wait other = heap[(at - 1) / 2];
        heap[(at - 1) / 2] = heap[at];
        heap[at] = other;
        at = (at - 1) / 2;
    }
}

/* Finds the longest waits that lie within the generation, at most `most`, and returns how many
 * there are. `waits` is 1 for the states that are waits. The rows are in the order of a heap. */
EXPORT int64_t longest_waits(
    const struct intervals *intervals, const uint8_t *waits, int64_t most, int64_t *rows)
{
    struct wait *heap = malloc((size_t)most * sizeof *heap);
    int64_t size = 0;
    if (!heap)
        return GIVEN_UP;
    for (int64_t lane = 0; lane < intervals->lanes; lane++) {
        int64_t begin = intervals->first[lane];
        for (int64_t row = begin; row < intervals->first[lane + 1] - 1; row++) {
            if (!waits[intervals->state[row]] || !lies_within(intervals, row, begin))
                continue;
            struct wait wait = {
                (int64_t)intervals->since[row + 1] - intervals->since[row], row,
            };
            if (size < most) {
                heap[size] = wait;
                rise(heap, size++);
            } else if (less(heap[0], wait)) {
                heap[0] = wait;
                sink(heap, size, 0);
            }
        }
    }
    for (int64_t nth = 0; nth < size; nth++)
        rows[nth] = heap[nth].row;
    free(heap);
    return size;
}

/* Finds the first row of each lane whose stack is the goroutine's own, and returns how many lanes
 * have one. It is where the goroutine caused the change itself, or where a status found it. */
EXPORT int64_t first_stacks(
    const struct intervals *intervals,
    const int32_t *goroutine,
    const int32_t *actor,
    const int32_t *stack,
    int64_t *rows)
{
    int64_t count = 0;
    for (int64_t lane = 0; lane < intervals->lanes; lane++)
        for (int64_t row = intervals->first[lane]; row < intervals->first[lane + 1]; row++)
            if (stack[row] > 0 && (actor[row] == goroutine[row] || intervals->status[row])) {
                rows[count++] = row;
                break;
            }
    return count;
}
