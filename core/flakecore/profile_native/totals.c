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
