/* SPDX-License-Identifier: Apache-2.0 */
/* /api/theme. A copy (sourceThemeId) takes what its body does not say from the source. */
#include "flow/api/api_records.h"
#include "model/theme/theme.h"

enum { KEYS_SHOWN = 20 };

struct theme_beside {
    str event_info;
    struct uuid source_id;
};
struct theme_criteria {
    struct api_criteria base;
    int type;
};
/* clang-format off */
static const struct field beside_fields[] = {
    {.name = "eventInfo",     .kind = FIELD_JSON, .offset = FIELD_AT(struct theme_beside, event_info), .max = 8192},
    {.name = "sourceThemeId", .kind = FIELD_UUID, .offset = FIELD_AT(struct theme_beside, source_id)},
};
static const struct field_table beside_table = FIELD_TABLE("ThemeRequest", beside_fields, struct theme_beside, NULL);

static const struct field criteria_fields[] = {
    API_CRITERIA_NAME,
    API_CRITERIA_FIELDS,
    {.name = "type", .kind = FIELD_ENUM, .offset = FIELD_AT(struct theme_criteria, type), .default_int = -1, .more.names = theme_types},
};
static const struct field_table criteria_table = FIELD_TABLE("ThemeSearchCriteria", criteria_fields, struct theme_criteria, NULL);
/* clang-format on */

static bool
matches(struct rq *rq, const void *thing, const void *asked)
{
    const struct theme_criteria *criteria = asked;

    (void)rq;
    return criteria->type < 0 || criteria->type == ((const struct theme *)thing)->type;
}

static void
copy_text(str *to, str from)
{
    if (to->n == 0) {
        *to = from;
    }
}

static void
copy_theme(struct theme *to, const struct theme *from)
{
    to->type = from->type;
    copy_text(&to->default_messages, from->default_messages);
    copy_text(&to->localized_messages, from->localized_messages);
    copy_text(&to->stylesheet, from->stylesheet);
    for (size_t i = 0; i < THEME_TEMPLATE_COUNT; i++) {
        copy_text(&to->templates.text[i], from->templates.text[i]);
    }
    if (from->type == THEME_SIMPLE) {
        to->variables = from->variables;
    }
}

static enum err
copy_source(struct api_call *call)
{
    struct uuid id = ((const struct theme_beside *)(const void *)call->beside)->source_id;
    void *source = NULL;
    enum err e = uuid_is_nil(id) || call->before != NULL
                     ? ERR_OK
                     : record_load(call->rq, &theme_kind, id, &source);

    if (source != NULL) {
        copy_theme(call->after, source);
    } else if (e == ERR_OK && !uuid_is_nil(id)) {
        field_fault(
            &call->reader, "sourceThemeId", "invalid", "Name a theme that exists, to copy it.");
    }
    return e;
}

/* FusionAuth's code. Which ones are missing has to be said: nobody finds them among hundreds. They are what stands
 * between quotes in a template, and no secret. */
static void
check_messages(struct api_call *call, const struct theme *theme)
{
    struct arena *arena = call->rq->arena;
    struct buf keys;

    buf_init(&keys, arena, KB(4));
    if (!theme_lacks(arena, theme, KEYS_SHOWN, &keys)) {
        return;
    }
    field_fault_add(&call->rq->faults, arena, S("theme.defaultMessages"), S("invalid"),
        str_fmt(arena, "Give a text to each key that the theme's templates use. Missing: " STRF,
            (int)keys.n, keys.p));
}

static enum err
check(struct api_call *call)
{
    const struct theme *theme = call->after;
    enum err e = copy_source(call);

    if (e == ERR_OK && theme->default_messages.n == 0) {
        field_fault(&call->reader, "theme.defaultMessages", "blank",
            "Give the messages that pages show, a line each, or name a theme to copy.");
    } else if (e == ERR_OK) {
        check_messages(call, theme);
    }
    return e;
}

const struct api_record api_theme = {
    .resource = {API_RECORD_VERBS, .name = "theme", .id_name = "themeId", .beside = &beside_table,
        .created = "theme.create", .updated = "theme.update", .deleted = "theme.delete"},
    .kind = &theme_kind,
    .type = "Theme",
    .plural = "themes",
    .criteria = &criteria_table,
    .matches = matches,
    .check = check,
};
