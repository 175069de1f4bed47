/* Samples: their locations, values and labels. Field numbers: proto/profile.proto of
 * github.com/google/pprof. */
#include "loops.h"

enum { SAMPLE_LOCATION = 1, SAMPLE_VALUE = 2, SAMPLE_LABEL = 3 };

/* Returns how many varints end from one offset to another. */
static int64_t count_varints(const uint8_t *octets, int64_t at, int64_t end)
{
    int64_t count = 0;
    for (; at < end; at++)
        count += octets[at] < 0x80;
    return count;
}

/* Counts locations, values and labels of each of `count` messages, which lie within the bytes.
 * Returns 0, or GIVEN_UP. */
EXPORT int32_t count_samples(
    const uint8_t *octets,
    const int64_t *starts,
    const int64_t *ends,
    int64_t count,
    int64_t *locations,
    int64_t *values,
    int64_t *labels)
{
    for (int64_t nth = 0; nth < count; nth++) {
        int64_t at = starts[nth];
        locations[nth] = values[nth] = labels[nth] = 0;
        while (at < ends[nth]) {
            struct field field;
            if (!read_field(octets, ends[nth], &at, &field))
                return GIVEN_UP;
            if (field.number == SAMPLE_LABEL) {
                if (field.wire != LENGTH)
                    return GIVEN_UP;
                labels[nth]++;
            } else if (field.number == SAMPLE_LOCATION || field.number == SAMPLE_VALUE) {
                if (field.wire != VARINT && field.wire != LENGTH)
                    return GIVEN_UP;
                int64_t *counts = field.number == SAMPLE_LOCATION ? locations : values;
                counts[nth] += count_varints(octets, field.start, field.end);
            }
        }
    }
    return 0;
}

/* Reads what `count_samples` counted, message by message: `room` numbers of each are there.
 * `row_of`: the row of each location by its number, `rows` of them, negative for none. Returns 0,
 * or GIVEN_UP, also where a location has no row. */
EXPORT int32_t read_samples(
    const uint8_t *octets,
    const int64_t *starts,
    const int64_t *ends,
    int64_t count,
    const int32_t *row_of,
    int64_t rows,
    const int64_t *room,
    int32_t *location,
    uint64_t *value,
    int64_t *label_message,
    int64_t *label_start,
    int64_t *label_end)
{
    int64_t located = 0, valued = 0, labelled = 0;
    for (int64_t nth = 0; nth < count; nth++) {
        int64_t at = starts[nth];
        while (at < ends[nth]) {
            struct field field;
            if (!read_field(octets, ends[nth], &at, &field))
                return GIVEN_UP;
            if (field.number == SAMPLE_LABEL) {
                if (labelled >= room[2])
                    return GIVEN_UP;
                label_message[labelled] = nth;
                label_start[labelled] = field.start;
                label_end[labelled++] = field.end;
            } else if (field.number == SAMPLE_LOCATION) {
                for (int64_t place = field.start; place < field.end; located++) {
                    uint64_t number;
                    if (!read_varint(octets, field.end, &place, &number) || located >= room[0])
                        return GIVEN_UP;
                    if (number >= (uint64_t)rows || row_of[number] < 0)
                        return GIVEN_UP;
                    location[located] = row_of[number];
                }
            } else if (field.number == SAMPLE_VALUE) {
                for (int64_t place = field.start; place < field.end; valued++) {
                    uint64_t number;
                    if (!read_varint(octets, field.end, &place, &number) || valued >= room[1])
                        return GIVEN_UP;
                    value[valued] = number;
                }
            }
        }
    }
    return located == room[0] && valued == room[1] && labelled == room[2] ? 0 : GIVEN_UP;
}
