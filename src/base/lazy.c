/* SPDX-License-Identifier: Apache-2.0 */
/* dlopen and dlsym, all or nothing. A library is never closed again: its threads and destructors may outlive us. */
#include "base/lazy.h"

#include <dlfcn.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

const char *
lazy_open(const char *soname, const char *const *names, size_t count, void *ret_functions)
{
    /* All symbols at once: a library that lacks one is found out here and not in the middle of a request. */
    void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);

    if (library == NULL) {
        return dlerror();
    }
    for (size_t i = 0; i < count; i++) {
        if (dlsym(library, names[i]) == NULL) {
            const char *why = dlerror(); /* names library and function */

            return why != NULL ? why : "a function of the library has no address";
        }
    }
    for (size_t i = 0; i < count; i++) {
        void *function = dlsym(library, names[i]);

        memcpy((char *)ret_functions + i * sizeof function, &function, sizeof function);
    }
    return NULL;
}

bool
lazy_open_or_log(const char *soname, const char *const *names, size_t count, void *ret_functions)
{
    const char *why = lazy_open(soname, names, count, ret_functions);

    if (why != NULL) {
        LOG(clock_now_ms(), "library.missing", LOG_STR("why", str_from(why)));
    }
    return why == NULL;
}
