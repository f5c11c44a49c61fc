/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the room share. */
#pragma once
#include "model/passkey/passkey.h"

/* As stored, under the person's key. */
extern const struct field_table passkey_detail_table;
