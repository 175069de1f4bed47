/* Ranges of a column's rows, copied. */
#include "native.h"

/* Copies ranges of a column's rows, `width` bytes each, one after the other; the ranges lie within
 * the column, and `into` has room for all of them. */
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
