/* SPDX-License-Identifier: Apache-2.0 */
/* What a person or an entity is sorted by: texts that compare as what they stand for. */
#include "base/arena.h"
#include "codec/json.h"
#include "model/entity/entity.h"
#include "model/search/search_internal.h"
#include "model/user/user.h"

/* Numbers of 20 digits, so that they compare as texts; those that are not there are empty. */
static str
moment_text(struct arena *arena, int64_t at)
{
    return at == 0 ? NO_STR
                   : str_fmt(arena, "%c%020lld", at < 0 ? '-' : '0',
                       (long long)(at < 0 ? INT64_MAX + at : at));
}

/* The text or number at data.x, when it is one. */
static str
data_text(struct arena *arena, str data, str path)
{
    const struct json *value = NULL;
    double number;
    str name;

    if (data.n == 0 || !json_parse(arena, data, &value, NULL)) {
        return NO_STR;
    }
    while (value != NULL && str_cut(&path, '.', &name)) {
        value = json_get(value, name);
    }
    if (value != NULL && value->type == JSON_STRING) {
        return identity_fold(arena, value->text);
    }
    if (value != NULL && value->type == JSON_NUMBER && search_number(value->text, &number)) {
        return str_fmt(
            arena, "%c%030.6f", number < 0 ? '-' : '0', number < 0 ? 1e20 + number : number);
    }
    return NO_STR;
}

bool
search_sort_ok(const struct search_scope *scope, str name)
{
    const struct search_field *field = search_field_of(scope, name);

    return (scope == &search_people && str_eq(name, S("login")))
           || (field != NULL && (field->at != SEARCH_ELSEWHERE || str_starts(name, S("data."))));
}

static str
key_of(struct arena *arena, const struct search_scope *scope, const void *object, str name)
{
    const struct search_field *field = search_field_of(scope, name);
    const void *at = search_member(scope, object, name);

    if (field == NULL || at == NULL) {
        return NO_STR;
    }
    switch (field->kind) {
    case KIND_FLAG:
        return *(const bool *)at ? S("1") : S("0");
    case KIND_MOMENT:
        return moment_text(arena, *(const int64_t *)at);
    case KIND_ID:
        return uuid_is_nil(*(const struct uuid *)at) ? NO_STR
                                                     : uuid_text(arena, *(const struct uuid *)at);
    default:
        return identity_fold(arena, *(const str *)at);
    }
}

str
search_sort_key(struct arena *arena, const struct user *user, str name)
{
    if (str_eq(name, S("login"))) {
        return identity_fold(arena, user_login_id(user));
    }
    if (str_starts(name, S("data."))) {
        return data_text(arena, user->data, str_skip(name, 5));
    }
    return key_of(arena, &search_people, user, name);
}

str
search_entity_sort_key(struct arena *arena, const struct entity *entity, str name)
{
    if (str_starts(name, S("data."))) {
        return data_text(arena, entity->data, str_skip(name, 5));
    }
    return key_of(arena, &search_entities, entity, name);
}
