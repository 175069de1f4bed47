/* Memory: what is free is shared, and given back; rows are put side by side. */
#include "native.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

/* Has threads share what is free, and large columns come from the system and go back to it. */
EXPORT void share_memory(void)
{
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, 16 << 20);
#endif
}

/* Gives all back that is free. */
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
