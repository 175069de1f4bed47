/* Memory: rows put side by side, and what is free given back to the system. */
#include "kernel.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

/* What was freed on one thread is not used by another, and most of it not given back by itself. */
EXPORT void give_back(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

/* Puts ranges of a column's rows, `width` bytes each, one behind the other; they lie within it. */
EXPORT void take_ranges(
    const uint8_t *column,
    int64_t width,
    const int64_t *begins,
    const int64_t *ends,
    int64_t count,
    uint8_t *into)
{
    for (int64_t nth = 0; nth < count; nth++) {
        size_t size = (size_t)((ends[nth] - begins[nth]) * width);
        memcpy(into, column + begins[nth] * width, size);
        into += size;
    }
}
