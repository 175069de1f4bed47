/* The fields of the outermost message. */
#include "loops.h"

/* Returns how many fields the message has; GIVEN_UP where it is not sound to its end. */
EXPORT int64_t count_records(const uint8_t *octets, int64_t size)
{
    int64_t at = 0, count = 0;
    struct field field;
    for (; at < size; count++)
        if (!read_field(octets, size, &at, &field))
            return GIVEN_UP;
    return count;
}

/* Reads up to `count` fields and returns how many there were. */
EXPORT int64_t read_records(
    const uint8_t *octets,
    int64_t size,
    int64_t count,
    int32_t *number,
    uint8_t *wire,
    int64_t *start,
    int64_t *end)
{
    int64_t at = 0, nth = 0;
    struct field field;
    for (; nth < count && at < size; nth++) {
        if (!read_field(octets, size, &at, &field))
            return GIVEN_UP;
        number[nth] = field.number;
        wire[nth] = (uint8_t)field.wire;
        start[nth] = field.start;
        end[nth] = field.end;
    }
    return nth;
}
