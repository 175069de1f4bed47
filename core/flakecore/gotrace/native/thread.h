/* What is bound to a thread as its stream goes on: context.py says which events bind and free. */
#ifndef FLAKECORE_THREAD_H
#define FLAKECORE_THREAD_H

#include "native.h"

/* A thread's goroutine and proc after some events of its stream, NONE for none, with the sequence
 * numbers with which they came to it. */
struct thread {
    int64_t number;
    int32_t goroutine, goroutine_span;
    int32_t proc, proc_span;
    int regained; /* the last event about a syscall says that the thread runs again */
    int inside;   /* the last such event says that it is in a syscall */
};

static inline int has_goroutine(struct thread *thread, uint64_t goroutine, uint64_t span)
{
    thread->goroutine = (int32_t)goroutine;
    thread->goroutine_span = (int32_t)span;
    return fits(goroutine) && fits(span) ? 0 : GIVEN_UP;
}

static inline int has_proc(struct thread *thread, uint64_t proc, uint64_t span)
{
    thread->proc = (int32_t)proc;
    thread->proc_span = (int32_t)span;
    return fits(proc) && fits(span) ? 0 : GIVEN_UP;
}

static inline void leave_goroutine(struct thread *thread)
{
    thread->goroutine = NONE;
    thread->goroutine_span = 0;
}

static inline void leave_proc(struct thread *thread)
{
    thread->proc = NONE;
    thread->proc_span = 0;
}

static inline void enter_syscall(struct thread *thread)
{
    thread->regained = 0;
    thread->inside = 1;
}

/* Applies one event to its thread. `proc` is the proc it had before, and set to NONE where the
 * event shows that the proc was stolen meanwhile. */
static inline int follow(
    struct thread *thread, const struct events *events, int64_t row, int32_t *proc)
{
    uint64_t number[3];
    switch (events->type[row]) {
    case EV_GO_START:
    case EV_GO_SWITCH:
    case EV_GO_SWITCH_DESTROY:
        read_arguments(events, row, 2, number);
        return has_goroutine(thread, number[0], number[1]);
    case EV_GO_STATUS:
    case EV_GO_STATUS_STACK:
        read_arguments(events, row, 3, number);
        return is_here(number[2], number[1], thread->number)
                   ? has_goroutine(thread, number[0], 0)
                   : 0;
    case EV_GO_CREATE_SYSCALL:
        read_arguments(events, row, 1, number);
        enter_syscall(thread);
        return has_goroutine(thread, number[0], 0);
    case EV_GO_STOP:
    case EV_GO_BLOCK:
    case EV_GO_DESTROY:
        leave_goroutine(thread);
        return 0;
    case EV_GO_DESTROY_SYSCALL:
        leave_goroutine(thread);
        leave_proc(thread);
        return 0;
    case EV_GO_SYSCALL_BEGIN:
        read_arguments(events, row, 1, number);
        enter_syscall(thread);
        thread->proc_span = (int32_t)number[0];
        return fits(number[0]) ? 0 : GIVEN_UP;
    case EV_GO_SYSCALL_END:
        thread->inside = 0;
        return 0;
    case EV_GO_SYSCALL_END_BLOCKED:
        if (!thread->regained) {
            leave_proc(thread);
            *proc = NONE;
        }
        leave_goroutine(thread);
        thread->regained = thread->inside = 0;
        return 0;
    case EV_PROC_START:
        read_arguments(events, row, 2, number);
        *proc = NONE; /* a thread that starts a proc has none before */
        thread->regained = 1;
        thread->inside = 0;
        return has_proc(thread, number[0], number[1]);
    case EV_PROC_STATUS:
        read_arguments(events, row, 2, number);
        if (number[1] != PROC_RUNNING && number[1] != PROC_SYSCALL)
            return 0;
        thread->regained = number[1] == PROC_RUNNING;
        thread->inside = number[1] == PROC_SYSCALL;
        return has_proc(thread, number[0], 0);
    case EV_PROC_STEAL:
        read_arguments(events, row, 3, number);
        if ((int64_t)number[2] == thread->number) {
            leave_proc(thread);
        } else if (thread->inside) {
            /* Only a thread that has lost its own proc takes another's on its way out. */
            leave_proc(thread);
            *proc = NONE;
        }
        return 0;
    case EV_PROC_STOP:
        leave_proc(thread);
        return 0;
    }
    return 0;
}

/* Returns the state of a thread before the first event of its stream. */
static inline struct thread at_begin(const struct events *events, int64_t stream)
{
    return (struct thread){
        .number = events->threads[stream],
        .goroutine = events->initial[stream],
        .proc = NONE,
    };
}

#endif
