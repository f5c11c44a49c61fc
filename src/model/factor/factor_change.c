/* SPDX-License-Identifier: Apache-2.0 */
/* Methods added, removed, renamed, marked; recovery codes made. Every change is made on a copy of the list,
 * so that the user it was loaded as stays what is compared with. */
#include "codec/base64.h"
#include "crypto/hash.h"
#include "model/factor/factor_internal.h"
#include "model/rq/rq.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"

enum { ID_TEXT = 4, CODE_HALF = 5, CODE_TEXT = 2 * CODE_HALF + 1 };

/* 32 characters, five bits each; without I, O, 0 and 1, which are taken for one another. */
static const char alphabet[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

static void
draw(struct rq *rq, char *to, size_t n)
{
    uint8_t raw[CODE_TEXT];

    CHECK(n <= sizeof raw);
    rng_fill(rq->rng, raw, n);
    for (size_t i = 0; i < n; i++) {
        to[i] = alphabet[raw[i] & 31];
    }
    secret_wipe(raw, sizeof raw);
}

static str
new_id(struct rq *rq, const struct user *user)
{
    char text[ID_TEXT];

    do {
        draw(rq, text, sizeof text);
    } while (factor_by_id(user, (str){text, sizeof text}) != NULL);
    return str_dup(rq->arena, (str){text, sizeof text});
}

/* A copy of the methods with room for one more; NULL when memory is short. */
static struct factor *
copy_methods(struct rq *rq, struct user *user)
{
    struct field_list *list = &user->two_factor.methods;
    struct factor *items = ARENA_ARRAY(rq->arena, list->count + 1, struct factor);

    if (items != NULL && list->count) {
        memcpy(items, list->items, list->count * sizeof *items);
    }
    if (items != NULL) {
        list->items = items;
        user->two_factor.is_changed = true;
    }
    return items;
}

static struct digest
digest_of(const struct tenant *tenant, str normal)
{
    const bytes parts[] = {str_bytes(S("recovery code")), str_bytes(normal)};

    return hmac_sha256_parts(key32_bytes(&tenant->index_key), parts, COUNT(parts));
}

/* As people type it: capitals, without what only parts it for the eye. Empty for what is none of ours. */
str
factor_normal_code(struct arena *arena, str code)
{
    char *to = code.n && code.n <= FACTOR_CODE_MAX ? arena_alloc(arena, code.n) : NULL;
    size_t n = 0;

    for (size_t i = 0; to != NULL && i < code.n; i++) {
        char c = code.p[i];
        if (c != '-' && c != ' ') {
            to[n++] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        }
    }
    return (str){to, n};
}

str
factor_digest(struct rq *rq, const struct tenant *tenant, str code)
{
    str normal = factor_normal_code(rq->arena, code);
    struct digest digest;

    if (normal.n == 0) {
        return NO_STR;
    }
    digest = digest_of(tenant, normal);
    return base64url_text(rq->arena, digest_bytes(&digest));
}

enum err
factor_set_codes(
    struct rq *rq, const struct tenant *tenant, struct user *user, const struct field_texts *codes)
{
    str *digests = ARENA_ARRAY(rq->arena, codes->count, str);

    arena_keep_secret(rq->arena);
    for (size_t i = 0; digests != NULL && i < codes->count; i++) {
        digests[i] = factor_digest(rq, tenant, codes->items[i]);
    }
    if (arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    user->two_factor.recovery = (struct field_texts){digests, codes->count};
    user->two_factor.is_changed = true;
    return ERR_OK;
}

enum err
factor_new_codes(
    struct rq *rq, const struct tenant *tenant, struct user *user, struct field_texts *ret_codes)
{
    struct field_texts codes = {ARENA_ARRAY(rq->arena, FACTOR_RECOVERY_CODES, str), 0};
    enum err e;

    for (size_t i = 0; codes.items != NULL && i < FACTOR_RECOVERY_CODES; i++) {
        char text[CODE_TEXT];
        draw(rq, text, sizeof text);
        text[CODE_HALF] = '-';
        codes.items[codes.count++] = str_dup(rq->arena, (str){text, sizeof text});
    }
    if (arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    e = factor_set_codes(rq, tenant, user, &codes);
    *ret_codes = e ? (struct field_texts){0} : codes;
    return e;
}

enum err
factor_add(struct rq *rq, const struct tenant *tenant, struct user *user,
    const struct factor *factor, struct factor **ret, struct field_texts *ret_codes)
{
    bool is_first = factor_count(user) == 0;
    struct factor *items = copy_methods(rq, user);

    *ret_codes = (struct field_texts){0};
    if (items == NULL) {
        return FAIL_SERVER(rq);
    }
    *ret = &items[user->two_factor.methods.count];
    **ret = *factor;
    (*ret)->id = new_id(rq, user);
    user->two_factor.methods.count++;
    return is_first ? factor_new_codes(rq, tenant, user, ret_codes) : ERR_OK;
}

enum err
factor_remove(struct rq *rq, struct user *user, const struct factor *factor)
{
    str id = factor ? factor->id : NO_STR;
    struct factor *items = copy_methods(rq, user);
    size_t kept = 0;

    if (items == NULL) {
        return FAIL_SERVER(rq);
    }
    for (size_t i = 0; factor != NULL && i < user->two_factor.methods.count; i++) {
        if (!str_eq(items[i].id, id)) {
            items[kept++] = items[i];
        }
    }
    user->two_factor.methods.count = kept;
    if (kept == 0) {
        user->two_factor.recovery = (struct field_texts){0};
    }
    return ERR_OK;
}

enum err
factor_rename(struct rq *rq, struct user *user, const struct factor *factor, str name)
{
    str id = factor->id;

    if (copy_methods(rq, user) == NULL) {
        return FAIL_SERVER(rq);
    }
    factor_by_id(user, id)->name = name;
    return ERR_OK;
}

enum err
factor_note_use(struct rq *rq, struct user *user, const struct factor *factor)
{
    str id = factor->id;
    struct factor *items;

    if (factor->last_used) {
        return ERR_OK;
    }
    items = copy_methods(rq, user);
    for (size_t i = 0; items != NULL && i < user->two_factor.methods.count; i++) {
        items[i].last_used = str_eq(items[i].id, id);
    }
    return items ? ERR_OK : FAIL_SERVER(rq);
}

enum err
factor_name_new(struct rq *rq, struct user *user)
{
    struct factor *items = copy_methods(rq, user);

    for (size_t i = 0; items != NULL && i < user->two_factor.methods.count; i++) {
        if (items[i].id.n == 0) {
            items[i].id = new_id(rq, user);
        }
    }
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

static enum err
spend_recovery(struct rq *rq, struct user *user, size_t at)
{
    const struct field_texts *old = &user->two_factor.recovery;
    struct field_texts rest = {ARENA_ARRAY(rq->arena, old->count, str), 0};

    for (size_t i = 0; rest.items != NULL && i < old->count; i++) {
        if (i != at) {
            rest.items[rest.count++] = old->items[i];
        }
    }
    if (rest.items == NULL) {
        return FAIL_SERVER(rq);
    }
    user->two_factor.recovery = rest;
    user->two_factor.is_changed = true;
    return ERR_OK;
}

static enum err
try_recovery(
    struct rq *rq, const struct tenant *tenant, struct user *user, str code, enum factor_proof *ret)
{
    const struct field_texts *list = &user->two_factor.recovery;
    str digest = factor_digest(rq, tenant, code);
    size_t found = list->count;

    for (size_t i = 0; digest.n && i < list->count; i++) {
        if (ct_eq(str_bytes(digest), str_bytes(list->items[i]))) {
            found = i;
        }
    }
    if (found == list->count) {
        return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
    }
    *ret = FACTOR_RECOVERY;
    return spend_recovery(rq, user, found);
}

enum err
factor_try(struct rq *rq, const struct tenant *tenant, struct user *user, str code,
    enum factor_proof *ret, const struct factor **ret_factor)
{
    bool was_changed = user->two_factor.is_changed;
    struct factor *items = copy_methods(rq, user);

    *ret = FACTOR_WRONG;
    *ret_factor = NULL;
    if (items == NULL) {
        return FAIL_SERVER(rq);
    }
    for (size_t i = 0; i < user->two_factor.methods.count && *ret == FACTOR_WRONG; i++) {
        if (items[i].method == FACTOR_AUTHENTICATOR && factor_take_code(rq, &items[i], code)) {
            *ret = FACTOR_RIGHT;
            *ret_factor = &items[i];
        }
    }
    user->two_factor.is_changed = was_changed || *ret == FACTOR_RIGHT;
    return *ret == FACTOR_RIGHT ? ERR_OK : try_recovery(rq, tenant, user, code, ret);
}
