/* SPDX-License-Identifier: Apache-2.0 */
/* The error table as functions, and the collection of field faults. */
#include "base/fault.h"

#include "base/arena.h"

static const struct {
    const char *wire;
    int status;
} errors[ERR_COUNT] = {
#define X(name, wire, http) [name] = {wire, http},
    ERRORS(X)
#undef X
};

enum { MAX_FIELD_FAULTS = 100 }; /* a hostile body cannot make us answer a megabyte */

const char *
err_wire(enum err code)
{
    CHECK(code < ERR_COUNT);
    return errors[code].wire;
}

int
err_status(enum err code)
{
    CHECK(code < ERR_COUNT);
    return errors[code].status;
}

enum err
fault_set(struct fault *fault, enum err code, const char *field, const char *detail,
    const char *file, int line)
{
    if (fault->code == ERR_OK) {
        *fault = (struct fault){code, field, detail, file, line};
    }
    return code;
}

void
field_fault_add(struct field_faults *faults, struct arena *arena, str path, str code, str message)
{
    struct field_fault *f;

    if (faults->count >= MAX_FIELD_FAULTS) {
        return;
    }
    f = ARENA_NEW(arena, struct field_fault);
    if (f == NULL) {
        return;
    }
    f->path = str_dup(arena, path);
    f->code = str_dup(arena, code);
    f->message = str_dup(arena, message);
    if (faults->last != NULL) {
        faults->last->next = f;
    } else {
        faults->first = f;
    }
    faults->last = f;
    faults->count++;
}
