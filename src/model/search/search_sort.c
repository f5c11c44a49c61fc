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

/* What FusionAuth sorts registrations by; roles are lists. */
static const struct {
    const char *name;
    enum search_field_kind kind;
    size_t at;
} of_registration[] = {
    {"registrations.applicationId", KIND_ID, offsetof(struct registration, application_id)},
    {"registrations.id", KIND_ID, offsetof(struct registration, id)},
    {"registrations.insertInstant", KIND_MOMENT, offsetof(struct registration, insert_instant)},
    {"registrations.lastLoginInstant", KIND_MOMENT,
        offsetof(struct registration, last_login_instant)},
    {"registrations.roles", KIND_WHOLE, offsetof(struct registration, roles)},
};

static bool
is_of_registration(str name, size_t *ret_row)
{
    for (size_t i = 0; i < COUNT(of_registration); i++) {
        if (str_eq(name, str_from(of_registration[i].name))) {
            *ret_row = i;
            return true;
        }
    }
    return false;
}

/* The first of somebody's texts in the order asked for; who has none has an empty one. */
static void
keep_first(str *first, str text, bool is_down)
{
    int order = first->n ? str_cmp(text, *first) : 0;

    if (text.n && (first->n == 0 || (is_down ? order > 0 : order < 0))) {
        *first = text;
    }
}

static str
registration_key(struct arena *arena, const struct user *user, size_t row, bool is_down)
{
    const struct registration *list = user->registrations.items;
    str first = NO_STR;

    for (size_t i = 0; i < user->registrations.count; i++) {
        const void *at = (const char *)&list[i] + of_registration[row].at;
        const struct field_texts *texts = at;
        switch (of_registration[row].kind) {
        case KIND_ID:
            keep_first(&first, uuid_text(arena, *(const struct uuid *)at), is_down);
            break;
        case KIND_MOMENT:
            keep_first(&first, moment_text(arena, *(const int64_t *)at), is_down);
            break;
        default:
            for (size_t t = 0; t < texts->count; t++) {
                keep_first(&first, identity_fold(arena, texts->items[t]), is_down);
            }
        }
    }
    return first;
}

bool
search_sort_ok(const struct search_scope *scope, str name)
{
    const struct search_field *field = search_field_of(scope, name);
    size_t row;

    return (scope == &search_people && (str_eq(name, S("login")) || is_of_registration(name, &row)))
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
search_sort_key(struct arena *arena, const struct user *user, str name, bool is_down)
{
    size_t row;

    if (is_of_registration(name, &row)) {
        return registration_key(arena, user, row, is_down);
    }
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
