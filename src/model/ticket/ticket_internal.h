/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the room: texts and what is stored of them. */
#pragma once
#include "base/str.h"
#include "crypto/hash.h"
#include "model/seal/seal.h"
#include "model/ticket/ticket.h"

/* Whether the generator asks for a text no shorter than ours. */
bool ticket_text_is_long(const struct secure_generator *generator);
/* As people type it: upper case, without spaces and hyphens; empty when that is longer than any of ours. */
enum { TICKET_TEXT_MAX = 176 };
str ticket_text_normal(str text, char to[static TICKET_TEXT_MAX]);
/* What is stored of a short text that finds a ticket: keyed, so that the rows alone do not tell it. */
struct digest ticket_text_lookup(const struct tenant *tenant, enum ticket_kind kind, str text);
/* What is stored of a code, bound to its ticket. */
struct digest ticket_text_code(const struct tenant *tenant, struct uuid id, str text);

struct seal_place ticket_place(const struct tenant *tenant, struct uuid id);
