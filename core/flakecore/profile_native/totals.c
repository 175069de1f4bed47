/* What nodes add up to over stacks. */
#include "loops.h"

/* Adds each stack's value to each node that it passes through, once however often it does.
 * `node_of`: the node of each frame. `last`: of each node, the stack that was added last, -1 at
 * first. */
EXPORT void add_cumulative(
    const int32_t *frames,
    const int64_t *offsets,
    int64_t stacks,
    const int32_t *node_of,
    const int64_t *values,
    int32_t *last,
    int64_t *cumulative)
{
    for (int64_t stack = 0; stack < stacks; stack++) {
        for (int64_t at = offsets[stack]; at < offsets[stack + 1]; at++) {
            int32_t node = node_of[frames[at]];
            if (last[node] != (int32_t)stack) {
                last[node] = (int32_t)stack;
                cumulative[node] = (int64_t)((uint64_t)cumulative[node] + (uint64_t)values[stack]);
            }
        }
    }
}

/* Adds each stack's value to each pair of caller and callee in it, once however often it has one.
 * `node_of` and `location_of`: the node and the location of each frame. `table` has 1 << bits
 * entries, all 0; at most half of them become pairs, for which there is room in the columns from
 * `caller` on. `outside`: whether a pair is anywhere no inlined call. Returns how many pairs there
 * are; GIVEN_UP where there are more. */
EXPORT int64_t add_calls(
    const int32_t *frames,
    const int64_t *offsets,
    int64_t stacks,
    const int32_t *node_of,
    const int32_t *location_of,
    const int64_t *values,
    uint64_t seed,
    int32_t bits,
    int32_t *table,
    int32_t *last,
    int32_t *caller,
    int32_t *callee,
    int64_t *value,
    uint8_t *outside)
{
    int64_t pairs = 0, most = (int64_t)1 << (bits - 1);
    uint64_t mask = ((uint64_t)1 << bits) - 1;
    for (int64_t stack = 0; stack < stacks; stack++) {
        for (int64_t at = offsets[stack] + 1; at < offsets[stack + 1]; at++) {
            int32_t inner = frames[at - 1], outer = frames[at];
            int32_t called = node_of[inner], calls = node_of[outer];
            if (called == calls)
                continue;
            uint64_t key = (uint64_t)(uint32_t)calls << 32 | (uint32_t)called;
            uint64_t place = ((key ^ seed) * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - bits);
            int32_t pair;
            while ((pair = table[place] - 1) >= 0
                   && (caller[pair] != calls || callee[pair] != called))
                place = (place + 1) & mask;
            if (pair < 0) {
                if (pairs >= most)
                    return GIVEN_UP;
                pair = (int32_t)pairs++;
                table[place] = pair + 1;
                caller[pair] = calls;
                callee[pair] = called;
                value[pair] = 0;
                outside[pair] = 0;
                last[pair] = -1;
            }
            outside[pair] |= location_of[inner] != location_of[outer] || outer != inner + 1;
            if (last[pair] != (int32_t)stack) {
                last[pair] = (int32_t)stack;
                value[pair] = (int64_t)((uint64_t)value[pair] + (uint64_t)values[stack]);
            }
        }
    }
    return pairs;
}
