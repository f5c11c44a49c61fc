/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers with a fraction, kept as thousandths; and how any number is written. */
#include <stdio.h>
#include <stdlib.h>

#include "model/field/field_internal.h"

enum { MAX_TEXT = 32 };

/* JSON's grammar, which the text kept to, is C's where no locale is set. */
bool
field_decimal_parse(str text, int64_t *ret)
{
    char copy[MAX_TEXT];
    double value;
    char *end;

    if (text.n == 0 || text.n >= sizeof copy) {
        return false;
    }
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    value = strtod(copy, &end) * 1000;
    if (end != copy + text.n || !(value > -1e15 && value < 1e15)) {
        return false;
    }
    *ret = (int64_t)(value + (value < 0 ? -1e-6 : 1e-6)); /* 0.29 is a little less in binary */
    return true;
}

static void
write_decimal(int64_t value, struct json_out *out)
{
    char text[MAX_TEXT];
    int64_t whole = value / 1000, part = value % 1000;
    int n = snprintf(text, sizeof text, "%s%lld.%03lld", value < 0 ? "-" : "",
        (long long)(whole < 0 ? -whole : whole), (long long)(part < 0 ? -part : part));

    while (text[n - 1] == '0' && text[n - 2] != '.') {
        n--;
    }
    json_out_raw(out, (str){text, (size_t)n});
}

void
field_decimal_write(const struct field *f, int64_t value, struct json_out *out)
{
    if (f->kind == FIELD_DECIMAL) {
        write_decimal(value, out);
    } else {
        json_out_i64(out, value);
    }
}
