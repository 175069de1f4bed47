/* Which of many rows of numbers are the same. */
#include "loops.h"

enum { PROBES = 8 };

static inline uint64_t hash_of(const int32_t *numbers, int64_t count, uint64_t seed)
{
    uint64_t hash = seed ^ (uint64_t)count;
    for (int64_t nth = 0; nth < count; nth++) {
        hash = (hash ^ (uint32_t)numbers[nth]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

/* Numbers the contents of rows in order of their first one. `table` has 1 << bits entries, all 0,
 * more than there are rows; `content` has room for each row, `first` for each content. Returns how
 * many contents there are; GIVEN_UP where hashes are alike more often than by chance: somebody
 * chose the rows for that. */
EXPORT int64_t number_rows(
    const int32_t *numbers,
    const int64_t *offsets,
    int64_t rows,
    uint64_t seed,
    int32_t bits,
    int32_t *table,
    int32_t *content,
    int64_t *first)
{
    int64_t contents = 0, tries = (rows + 1024) * PROBES;
    uint64_t mask = ((uint64_t)1 << bits) - 1;
    for (int64_t row = 0; row < rows; row++) {
        const int32_t *ours = numbers + offsets[row];
        int64_t count = offsets[row + 1] - offsets[row];
        uint64_t place = hash_of(ours, count, seed) >> (64 - bits);
        while (table[place]) {
            int64_t other = first[table[place] - 1];
            if (offsets[other + 1] - offsets[other] == count
                && !memcmp(numbers + offsets[other], ours, (size_t)count * sizeof *ours))
                break;
            if (!--tries)
                return GIVEN_UP;
            place = (place + 1) & mask;
        }
        if (!table[place]) {
            first[contents] = row;
            table[place] = (int32_t)++contents;
        }
        content[row] = table[place] - 1;
    }
    return contents;
}
