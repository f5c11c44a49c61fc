/* SPDX-License-Identifier: Apache-2.0 */
/* Embedded files, and the style sheets and scripts among them that browsers fetch by path. */
#include "model/page/page_internal.h"

#include "base/arena.h"

enum { MAX_ASSETS = 8 };

static const struct asset_kind {
    str ending, type;
} kinds[] = {
    {S_INIT(".css"), S_INIT("text/css; charset=utf-8")},
    {S_INIT(".js"), S_INIT("text/javascript; charset=utf-8")},
    {S_INIT(".svg"), S_INIT("image/svg+xml")},
};

static struct asset {
    str name, path, type, body;
} assets[MAX_ASSETS];
static size_t asset_count;

static str
content(const struct embedded *file)
{
    return (str){file->start, (size_t)(file->end - file->start)};
}

str
page_file(str name)
{
    for (const struct embedded *f = page_files; f->name != NULL; f++) {
        if (str_eq(str_from(f->name), name)) {
            return content(f);
        }
    }
    return NO_STR;
}

static void
add_asset(struct arena *arena, const struct embedded *file)
{
    str name = str_from(file->name);

    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (str_ends(name, kinds[i].ending)) {
            str stem = str_head(name, name.n - kinds[i].ending.n);
            CHECK(asset_count < MAX_ASSETS);
            assets[asset_count++] = (struct asset){
                name,
                str_fmt(arena, "/pages/" STRF "-%s" STRF, STRV(stem), file->hash,
                    STRV(kinds[i].ending)),
                kinds[i].type,
                content(file),
            };
        }
    }
}

bool
page_asset_init(struct arena *arena, const char **ret_why)
{
    asset_count = 0;
    for (const struct embedded *f = page_files; f->name != NULL; f++) {
        add_asset(arena, f);
    }
    *ret_why = "no memory for the paths of style sheets";
    return !arena_failed(arena);
}

str
page_asset_path(str name)
{
    for (size_t i = 0; i < asset_count; i++) {
        if (str_eq(assets[i].name, name)) {
            return assets[i].path;
        }
    }
    return NO_STR;
}

bool
page_asset(str path, str *ret_type, str *ret_body)
{
    for (size_t i = 0; i < asset_count; i++) {
        if (str_eq(assets[i].path, path)) {
            *ret_type = assets[i].type;
            *ret_body = assets[i].body;
            return true;
        }
    }
    return false;
}
