/* SPDX-License-Identifier: Apache-2.0 */
/* The table of lambdas. Bodies are not parsed: a parser of our own would refuse JavaScript that the engine takes,
 * so only what every body must have is asked for, the function of its type. */
#include "model/lambda/lambda.h"

#include "base/arena.h"
#include "model/rq/rq.h"

#define X(name, function) #name,
const char *const lambda_types[] = {LAMBDA_TYPES(X) NULL};
#undef X
#define X(name, function) #function,
static const char *const functions[] = {LAMBDA_TYPES(X)};
#undef X
static const char *const engines[] = {"GraalJS", "Nashorn", NULL};

enum { BODY_BYTES = KB(128) };

static bool
is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
           || c == '$';
}

static bool
has_word(str text, str word)
{
    for (size_t at = str_find_str(text, word); at < text.n;) {
        str rest = str_skip(text, at + word.n);
        bool is_begun = at > 0 && is_word_char(text.p[at - 1]);
        if (!is_begun && (rest.n == 0 || !is_word_char(rest.p[0]))) {
            return true;
        }
        text = rest;
        at = str_find_str(text, word);
    }
    return false;
}

static void
check_body(struct field_check *check)
{
    const struct lambda *lambda = check->object;

    if (lambda->type >= 0 && !has_word(lambda->body, str_from(functions[lambda->type]))) {
        const char *why = str_z(check->reader->arena,
            str_fmt(check->reader->arena,
                "The body must define the function that lambdas of this type have: %s.",
                functions[lambda->type]));

        field_check_fault(check, "body", "invalid",
            why ? why : "The body must define the function that lambdas of this type have.");
    }
}

/* clang-format off */
#define L(member) FIELD_AT(struct lambda, member)
static const struct field fields[] = {
    RECORD_ID_FIELD,
    {.name = "name",              .kind = FIELD_TEXT,    .offset = L(name), .flags = FIELD_REQUIRED, .max = 191},
    {.name = "type",              .kind = FIELD_ENUM,    .offset = L(type), .flags = FIELD_REQUIRED | FIELD_IMMUTABLE, .default_int = -1, .more.names = lambda_types},
    {.name = "body",              .kind = FIELD_TEXT,    .offset = L(body), .flags = FIELD_REQUIRED, .max = BODY_BYTES},
    {.name = "engineType",        .kind = FIELD_ENUM,    .offset = L(engine), .more.names = engines},
    {.name = "debug",             .kind = FIELD_BOOL,    .offset = L(debug)},
    RECORD_INSTANT_FIELDS,
};
static const struct field_table table = FIELD_TABLE("Lambda", fields, struct lambda, check_body);
/* clang-format on */

const struct record_kind lambda_kind = {
    .number = RECORD_LAMBDA,
    .name = "lambda",
    .table = &table,
    .name_at = L(name),
};

enum err
lambda_check_type(struct rq *rq, struct field_reader *reader, struct uuid id, enum lambda_type type,
    const char *path)
{
    void *thing = NULL;
    enum err e = uuid_is_nil(id) ? ERR_OK : record_load(rq, &lambda_kind, id, &thing);

    if (thing != NULL && ((const struct lambda *)thing)->type != (int)type) {
        field_fault(reader, path, "invalid", "This lambda is of another type: name one that fits.");
    }
    return e;
}
