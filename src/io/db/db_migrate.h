/* SPDX-License-Identifier: Apache-2.0 */
/* What a migration's shared text says to one engine. A comment that opens with an engine's name,
 * slash star sqlite: or slash star postgres:, is text to that engine and nothing to the other.
 *
 * The digest that is recorded is taken over the text as one engine sees it, before its comments are
 * opened: what is added for one engine does not change what the other has applied. */
#pragma once
#include "crypto/hash.h"
#include "io/db/db.h"

/* The text that "sqlite" or "postgres" runs: the other's comments are cut out, its own are opened,
 * and for postgres the type TEXT compares bytes, as SQLite does (COLLATE "C"). In memory of
 * mem_new's; NULL when memory is short or such a comment has no end. */
MUST_USE char *db_migrate_text(const char *text, const char *engine);
/* The digest to record and to compare: of the text with the other engine's comments cut out and
 * all else as it is written. False as above. */
MUST_USE bool db_migrate_digest(
    const struct db_migration *migration, const char *engine, struct digest *ret);
