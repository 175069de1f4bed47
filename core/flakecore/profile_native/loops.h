/* Shared by all loops over profiles: reading of protocol buffers.
 *
 * Format: protobuf.dev/programming-guides/encoding.
 *
 * A profile is hostile until proven otherwise. So: no loop here allocates by a number it read;
 * every read stands within the bytes and every write within the columns, whatever the bytes say,
 * and also if they change between two looks at them. Whatever is out of the ordinary, damage above
 * all, a loop gives up on (GIVEN_UP), and the caller turns to columns, which say what is wrong.
 */
#ifndef FLAKECORE_PROFILE_NATIVE_H
#define FLAKECORE_PROFILE_NATIVE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

enum { GIVEN_UP = -1 };
enum wire { VARINT = 0, FIXED64 = 1, LENGTH = 2, FIXED32 = 5 };
enum { VARINT_BYTES = 10 };

/* Reads the varint at an offset, which it moves after it, before a limit; 0 where none is whole. */
static inline int read_varint(
    const uint8_t *octets, int64_t limit, int64_t *at, uint64_t *value)
{
    int64_t place = *at;
    if (place < limit && octets[place] < 0x80) {
        *value = octets[place];
        *at = place + 1;
        return 1;
    }
    uint64_t sum = 0;
    for (int nth = 0; nth < VARINT_BYTES && place < limit; nth++) {
        uint8_t octet = octets[place++];
        sum |= (uint64_t)(octet & 0x7f) << 7 * nth;
        if (octet < 0x80) {
            *value = sum;
            *at = place;
            return 1;
        }
    }
    return 0;
}

/* One field of a message: its value lies from `start` to `end`, a varint's own bytes included. */
struct field {
    int32_t number;
    int32_t wire;
    int64_t start;
    int64_t end;
};

/* Reads the field at an offset, which it moves after it; 0 where none is whole before a limit. */
static inline int read_field(
    const uint8_t *octets, int64_t limit, int64_t *at, struct field *field)
{
    uint64_t tag, value;
    if (!read_varint(octets, limit, at, &tag) || tag < 8 || tag >= (uint64_t)1 << 32)
        return 0;
    field->number = (int32_t)(tag >> 3);
    field->wire = (int32_t)(tag & 7);
    field->start = *at;
    switch (field->wire) {
    case VARINT:
        if (!read_varint(octets, limit, at, &value))
            return 0;
        break;
    case LENGTH:
        if (!read_varint(octets, limit, at, &value) || value > (uint64_t)(limit - *at))
            return 0;
        field->start = *at;
        *at += (int64_t)value;
        break;
    case FIXED64:
    case FIXED32:
        *at += field->wire == FIXED64 ? 8 : 4;
        if (*at > limit)
            return 0;
        break;
    default:
        return 0;
    }
    field->end = *at;
    return 1;
}

#endif
