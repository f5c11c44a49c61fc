/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of a kickstart file with their variables replaced:
 *   #{NAME} a variable   #{UUID()} a fresh id   #{ENV.NAME} from the environment
 *   @{file} the text of a file   &{file} as a whole value: the JSON of a file
 *   #{#}, #{@} and #{&} are the character itself: "#{#}{NAME}" is the text "#{NAME}"
 *   \#{NAME}, \@{file} and \&{file}, where has_backslash is set, are the text without the backslash */
#pragma once
#include "codec/json.h"

struct rng;

struct kickstart_text {
    struct arena *arena;
    struct rng *rng;
    int64_t now_ms;
    str folder;                   /* of the kickstart file: files are found from there */
    const struct json *variables; /* already replaced; may be NULL */
    /* Asked for a name before all others; NULL: nobody. */
    bool (*find)(void *ctx, str name, str *ret);
    void *find_ctx;
    bool has_backslash; /* FusionAuth's way of writing the characters themselves */
    size_t max_bytes;   /* of a file; 0: 16 MiB */
    str fault;          /* set on failure: a sentence */
};

/* Writes value with every text replaced. False with fault set. */
MUST_USE bool kickstart_replace(
    struct kickstart_text *kt, const struct json *value, struct json_out *out);
MUST_USE bool kickstart_replace_text(struct kickstart_text *kt, str text, str *ret);
/* The content of a file; false with fault set when it cannot be read or is too large. */
MUST_USE bool kickstart_read_file(struct kickstart_text *kt, str path, str *ret);
