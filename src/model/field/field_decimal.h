/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of FIELD_DECIMAL, and how the numbers of any kind are written. */
#pragma once
#include "model/field/field.h"

/* A JSON number as thousandths, more cut off; false when it is too large or too long. */
MUST_USE bool field_decimal_parse(str text, int64_t *ret);
/* Writes a number as its kind is written. */
void field_decimal_write(const struct field *f, int64_t value, struct json_out *out);
