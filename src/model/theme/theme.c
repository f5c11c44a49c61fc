/* SPDX-License-Identifier: Apache-2.0 */
/* The table of themes, and the one that is built in: its messages are those of the hosted pages. */
#include "model/theme/theme.h"

#include "model/page/page.h"
#include "model/rule/rule.h"

const struct uuid theme_default_id = {{0x75, 0xa0, 0x68, 0xfd, 0xe9, 0x4b, 0x45, 0x1a, 0x9a, 0xeb,
    0x3d, 0xdb, 0x9a, 0x3b, 0x59, 0x87}}; /* FusionAuth's, so that kickstart files find it */

const char *const theme_types[] = {"advanced", "simple", NULL};

enum { TEMPLATE_BYTES = KB(128), MESSAGES_BYTES = KB(256) };

/* clang-format off */
#define X(name_) {.name = #name_, .kind = FIELD_TEXT, .offset = FIELD_AT(struct theme_templates, text) + THEME_TEMPLATE_##name_ * sizeof(str), .max = TEMPLATE_BYTES},
static const struct field template_fields[] = {THEME_TEMPLATES(X)};
#undef X
static const struct field_table templates_table = FIELD_TABLE("Templates", template_fields, struct theme_templates, NULL);

#define F(member) FIELD_AT(struct theme_favicon, member)
static const struct field favicon_fields[] = {
    {.name = "href",  .kind = FIELD_URI,  .offset = F(href)},
    {.name = "rel",   .kind = FIELD_TEXT, .offset = F(rel)},
    {.name = "sizes", .kind = FIELD_TEXT, .offset = F(sizes)},
    {.name = "type",  .kind = FIELD_TEXT, .offset = F(type)},
};
static const struct field_table favicon_table = FIELD_TABLE("Favicon", favicon_fields, struct theme_favicon, NULL);

#define V(member) FIELD_AT(struct theme_variables, member)
#define X(name_) {.name = #name_, .kind = FIELD_TEXT, .offset = V(text) + THEME_VARIABLE_##name_ * sizeof(str)},
static const struct field variable_fields[] = {
    THEME_VARIABLES(X)
    {.name = "backgroundImageURL", .kind = FIELD_URI,     .offset = V(background_image_url)},
    {.name = "logoImageURL",       .kind = FIELD_URI,     .offset = V(logo_image_url)},
    {.name = "footerDisplay",      .kind = FIELD_BOOL,    .offset = V(has_footer)},
    {.name = "favicons",           .kind = FIELD_OBJECTS, .offset = V(favicons), .max = 20, .more.table = &favicon_table},
};
#undef X
static const struct field_table variables_table = FIELD_TABLE("SimpleThemeVariables", variable_fields, struct theme_variables, NULL);

#define T(member) FIELD_AT(struct theme, member)
static const struct field fields[] = {
    RECORD_ID_FIELD,
    {.name = "name",              .kind = FIELD_TEXT,     .offset = T(name), .flags = FIELD_REQUIRED, .max = 191},
    {.name = "type",              .kind = FIELD_ENUM,     .offset = T(type), .more.names = theme_types},
    {.name = "data",              .kind = FIELD_JSON,     .offset = T(data)},
    {.name = "defaultMessages",   .kind = FIELD_TEXT,     .offset = T(default_messages), .max = MESSAGES_BYTES},
    {.name = "localizedMessages", .kind = FIELD_TEXT_MAP, .offset = T(localized_messages), .max = MESSAGES_BYTES, .rule = rule_locales},
    {.name = "stylesheet",        .kind = FIELD_TEXT,     .offset = T(stylesheet), .max = MESSAGES_BYTES},
    {.name = "templates",         .kind = FIELD_OBJECT,   .offset = T(templates), .more.table = &templates_table},
    {.name = "variables",         .kind = FIELD_OBJECT,   .offset = T(variables), .more.table = &variables_table},
    RECORD_INSTANT_FIELDS,
};
static const struct field_table table = FIELD_TABLE("Theme", fields, struct theme, NULL);
/* clang-format on */

static void
fill_default(struct arena *arena, void *thing)
{
    struct theme *theme = thing;

    (void)arena; /* all of it is in the program */
    theme->name = S("FusionAuth");
    theme->default_messages = page_messages();
}

const struct record_kind theme_kind = {
    .number = RECORD_THEME,
    .name = "theme",
    .table = &table,
    .name_at = T(name),
    .is_name_unique = true,
    .built_in = &theme_default_id,
    .fill = fill_default,
};
