/* The events of batches: type, tick, and where the arguments begin. */
#include "native.h"

/* Returns the offset after the event that begins at one; 0 where none does, or where it is cut. */
static inline int64_t behind(
    const uint8_t *buffer, int64_t at, int64_t end, const uint8_t *steps)
{
    int left = buffer[at] < 0x80 ? steps[buffer[at]] : 0;
    if (!left)
        return 0;
    for (at++, left--; left; left--) {
        while (at < end && buffer[at] >= 0x80)
            at++;
        if (at >= end)
            return 0;
        at++;
    }
    return at;
}

/* Counts the events of each batch. `stopped` is the offset at which each batch stops making sense:
 * its end where all of it does. */
EXPORT void count_events(
    const uint8_t *buffer,
    const int64_t *begins,
    const int64_t *ends,
    int64_t batches,
    const uint8_t *steps,
    int64_t *counts,
    int64_t *stopped)
{
    for (int64_t batch = 0; batch < batches; batch++) {
        int64_t at = begins[batch], count = 0;
        while (at < ends[batch]) {
            int64_t next = behind(buffer, at, ends[batch], steps);
            if (!next)
                break;
            at = next;
            count++;
        }
        counts[batch] = count;
        stopped[batch] = at;
    }
}

/* Fills the columns of the events that count_events has counted. The bytes may be a mapped file's:
 * where they have changed since, missing events have type 0. */
EXPORT void read_events(
    const uint8_t *buffer,
    const int64_t *begins,
    const int64_t *ends,
    int64_t batches,
    const uint8_t *steps,
    const int64_t *counts,
    const int64_t *ticks,
    uint8_t *type,
    int64_t *tick,
    int32_t *arguments)
{
    int64_t row = 0;
    for (int64_t batch = 0; batch < batches; batch++) {
        int64_t at = begins[batch], end = ends[batch], until = row + counts[batch];
        uint64_t now = (uint64_t)ticks[batch];
        for (; row < until && at < end; row++) {
            int left = steps[buffer[at]] - 2;
            type[row] = buffer[at++];
            now += read_number(buffer, end, &at);
            tick[row] = (int64_t)now;
            arguments[row] = (int32_t)at;
            for (; left > 0; left--)
                while (at < end && buffer[at++] >= 0x80)
                    ;
        }
        for (; row < until; row++) {
            type[row] = 0;
            tick[row] = (int64_t)now;
            arguments[row] = (int32_t)begins[batch];
        }
    }
}

/* Reads one argument of some events, after `skipped` others, into `wide` where that is not NULL,
 * else into `narrow`. Returns 0 where one of them does not fit `narrow`. */
EXPORT int32_t read_numbers(
    const uint8_t *buffer,
    int64_t size,
    const int32_t *at,
    int64_t count,
    int32_t skipped,
    int32_t *narrow,
    int64_t *wide)
{
    for (int64_t row = 0; row < count; row++) {
        int64_t place = at[row];
        for (int32_t nth = 0; nth < skipped; nth++)
            while (place < size && buffer[place++] >= 0x80)
                ;
        uint64_t value = read_number(buffer, size, &place);
        if (wide)
            wide[row] = (int64_t)value;
        else if (fits(value))
            narrow[row] = (int32_t)value;
        else
            return 0;
    }
    return 1;
}
