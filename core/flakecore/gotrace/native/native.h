/* Shared by all loops: event types, statuses and states, columns of events, reading of numbers.
 *
 * Source of the format: src/internal/trace/tracev2/events.go of Go 1.27, as in wire.py.
 *
 * A trace is hostile until proven otherwise. So: no loop here allocates by a number it read; every
 * read stands within the buffer and every write within the columns, whatever the bytes say, and
 * also if they change between two looks at them, for they may be a mapped file's; sums are unsigned
 * and may wrap. What a loop cannot hold in 32 bits it gives up on (GIVEN_UP), and the caller turns
 * to numpy.
 */
#ifndef FLAKECORE_NATIVE_H
#define FLAKECORE_NATIVE_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

enum { GIVEN_UP = -1 };
enum { NONE = -1 };

enum event {
    EV_PROC_START = 10,
    EV_PROC_STOP = 11,
    EV_PROC_STEAL = 12,
    EV_PROC_STATUS = 13,
    EV_GO_CREATE = 14,
    EV_GO_CREATE_SYSCALL = 15,
    EV_GO_START = 16,
    EV_GO_DESTROY = 17,
    EV_GO_DESTROY_SYSCALL = 18,
    EV_GO_STOP = 19,
    EV_GO_BLOCK = 20,
    EV_GO_UNBLOCK = 21,
    EV_GO_SYSCALL_BEGIN = 22,
    EV_GO_SYSCALL_END = 23,
    EV_GO_SYSCALL_END_BLOCKED = 24,
    EV_GO_STATUS = 25,
    EV_GO_SWITCH = 45,
    EV_GO_SWITCH_DESTROY = 46,
    EV_GO_CREATE_BLOCKED = 47,
    EV_GO_STATUS_STACK = 48,
};

enum go_status { GO_RUNNABLE = 1, GO_RUNNING = 2, GO_SYSCALL = 3, GO_WAITING = 4 };
enum proc_status { PROC_RUNNING = 1, PROC_IDLE = 2, PROC_SYSCALL = 3, PROC_SYSCALL_ABANDONED = 4 };

enum state {
    STATE_ABSENT = 0,
    STATE_RUNNING = 1,
    STATE_RUNNABLE = 2,
    STATE_SYSCALL = 3,
    STATE_COROUTINE = 15,
    STATE_OTHER_WAIT = 16,
    STATE_IDLE = 17,
};

/* EventColumns of a generation with the size of the buffer. `initial`, by stream: the goroutine
 * that the thread had in a syscall when the generation began, or NONE. */
struct events {
    const uint8_t *buffer;
    int64_t size;
    const uint8_t *type;
    const int64_t *tick;
    const int32_t *arguments;
    const int64_t *streams;
    const int64_t *threads;
    const int32_t *initial;
    int64_t stream_count;
};

/* Turns ticks into nanoseconds since a generation began: TickClock, and the generation's start. */
struct clock {
    int64_t zero;
    int64_t numerator;
    int64_t denominator;
    int64_t most;
    int64_t start;
};

/* Returns the LEB128 number at an offset and moves the offset after it; bytes beyond the buffer
 * read as 0, and bits beyond 64 are lost. */
static inline uint64_t read_number(const uint8_t *buffer, int64_t size, int64_t *at)
{
    int64_t place = *at;
    uint64_t value = 0;
    unsigned shift = 0;
    while (place < size) {
        uint8_t byte = buffer[place++];
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
        shift += shift < 64 ? 7 : 0;
    }
    *at = place;
    return value;
}

/* Reads the first arguments of an event. */
static inline void read_arguments(
    const struct events *events, int64_t row, int count, uint64_t *number)
{
    int64_t at = events->arguments[row];
    for (int nth = 0; nth < count; nth++)
        number[nth] = read_number(events->buffer, events->size, &at);
}

static inline int fits(uint64_t number)
{
    return number < (uint64_t)1 << 31;
}

/* Whether the goroutine of a status is bound to the thread that wrote it. */
static inline int is_here(uint64_t status, uint64_t thread, int64_t own)
{
    return status == GO_RUNNING || (status == GO_SYSCALL && (int64_t)thread == own);
}

static inline int is_status(uint8_t type)
{
    return type == EV_GO_STATUS || type == EV_GO_STATUS_STACK;
}

#endif
