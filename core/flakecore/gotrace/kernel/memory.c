/* Memory that is free, given back to the system. */
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
