/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: what is read is written and read to the same, a refusal says why; and every JSON value is written as
 * YAML that is read to the same. */
#include "codec/yaml.h"

#include "base/arena.h"

static void
check_written(struct arena *arena, const struct json *value)
{
    struct yaml_documents again = {NULL, 0};
    struct yaml_fault fault = {NO_STR, 0, 0};
    struct buf buf;
    str text;

    buf_init(&buf, arena, YAML_MAX_BYTES);
    yaml_write(&buf, value);
    CHECK(buf_done(&buf, &text));
    CHECK(yaml_parse(arena, text, &again, &fault));
    CHECK(again.count == 1 && json_same(value, again.items[0]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(64));
    str text = {(const char *)data, n};
    struct yaml_documents documents = {NULL, 0};
    struct yaml_fault fault = {NO_STR, 0, 0};
    const struct json *value;

    CHECK(arena != NULL);
    if (n > KB(16)) {
        return 0; /* indentation makes more of it, square with its depth */
    }
    if (!yaml_parse(arena, text, &documents, &fault)) {
        CHECK(fault.why.n && fault.document >= 1 && documents.items == NULL);
    }
    for (size_t i = 0; i < documents.count && i < 4; i++) {
        check_written(arena, documents.items[i]);
    }
    if (json_parse(arena, text, &value, NULL)) {
        check_written(arena, value);
    }
    return 0;
}
