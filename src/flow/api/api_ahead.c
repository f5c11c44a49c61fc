/* SPDX-License-Identifier: Apache-2.0 */
/* What /api/identity/verify has proven with mustNotExist, taken by the call that makes the account. An id is used with the
 * account, in one set: of two calls that bring it at once one gets it. */
#include "flow/api/api_ahead.h"

#include "model/event/event.h"
#include "model/proof/proof.h"
#include "model/user/user_verified.h"

static const struct {
    const char *member, *event;
} identities[PROOF_IDENTITY_COUNT] = {
    [PROOF_EMAIL] = {"email", "user.email.verified"},
    [PROOF_PHONE] = {"phoneNumber", "user.identity.verified"},
};

enum { IDS_MAX = 8 }; /* two are of use */

struct found {
    struct proof *of[PROOF_IDENTITY_COUNT];
    bool has_unknown, has_twice;
};

static enum err
find_all(
    struct rq *rq, const struct tenant *tenant, const struct field_texts *ids, struct found *ret)
{
    enum proof_identity identity;
    enum err e = ERR_OK;

    *ret = (struct found){.has_unknown = ids->count > IDS_MAX};
    for (size_t i = 0; e == ERR_OK && i < MIN(ids->count, IDS_MAX); i++) {
        struct proof *proof = NULL;
        e = proof_find_proven(rq, tenant, ids->items[i], &identity, &proof);
        if (e != ERR_OK || proof == NULL) {
            ret->has_unknown = true;
            continue;
        }
        ret->has_twice |= ret->of[identity] != NULL;
        ret->of[identity] = proof;
    }
    return e;
}

static bool
is_left_out(const struct json *object, const char *name)
{
    const struct json *member = object ? json_get(object, str_from(name)) : NULL;
    str text;

    return member == NULL || member->type == JSON_NULL || (json_str(member, &text) && text.n == 0);
}

static enum err
write_filled(
    struct rq *rq, const struct found *found, const struct json *value, const struct json **ret)
{
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    for (const struct json *m = value ? value->first : NULL; m != NULL; m = m->next) {
        bool is_filled = false;
        for (int i = 0; i < PROOF_IDENTITY_COUNT; i++) {
            is_filled |= found->of[i] != NULL && str_eq(m->name, str_from(identities[i].member))
                         && is_left_out(value, identities[i].member);
        }
        if (!is_filled) {
            json_out_name(&out, m->name);
            json_out_value(&out, m);
        }
    }
    for (int i = 0; i < PROOF_IDENTITY_COUNT; i++) {
        if (found->of[i] != NULL && is_left_out(value, identities[i].member)) {
            json_put_str(&out, str_from(identities[i].member), found->of[i]->value);
        }
    }
    json_out_object_end(&out);
    return buf_done(&buf, &text) && json_parse(rq->arena, text, ret, NULL) ? ERR_OK
                                                                           : FAIL_SERVER(rq);
}

enum err
api_ahead_fill(struct rq *rq, const struct tenant *tenant, const struct field_texts *ids,
    const struct json **value)
{
    struct found found;
    enum err e = ERR_OK;

    if (ids->count == 0 || (*value != NULL && (*value)->type != JSON_OBJECT)) {
        return ERR_OK;
    }
    arena_keep_secret(rq->arena);
    e = find_all(rq, tenant, ids, &found);
    if (e != ERR_OK || (found.of[PROOF_EMAIL] == NULL && found.of[PROOF_PHONE] == NULL)) {
        return e;
    }
    return write_filled(rq, &found, *value, value);
}

static enum err
take(struct rq *rq, const struct tenant *tenant, enum proof_identity identity,
    const struct proof *proof, struct user *user)
{
    struct event event = {identities[identity].event, user->id, {{0}}, NO_STR};

    user_verify(
        user, identity == PROOF_EMAIL ? USER_EMAIL : USER_PHONE, USER_VERIFIED_COMPLETED, rq->now);
    ticket_use(rq, proof->ticket);
    return event_add(rq, tenant, &event);
}

enum err
api_ahead_apply(
    struct rq *rq, const struct tenant *tenant, const struct field_texts *ids, struct user *user)
{
    struct field_reader reader = api_reader(rq);
    const str values[] = {[PROOF_EMAIL] = user->email, [PROOF_PHONE] = user->phone_number};
    struct found found;
    enum err e = find_all(rq, tenant, ids, &found);

    for (int i = 0; e == ERR_OK && i < PROOF_IDENTITY_COUNT; i++) {
        if (found.of[i] == NULL) {
            continue;
        }
        if (!str_eq(identity_normal(rq->arena, found.of[i]->value),
                identity_normal(rq->arena, values[i]))) {
            found.has_unknown = true;
        } else {
            e = take(rq, tenant, (enum proof_identity)i, found.of[i], user);
        }
    }
    if (found.has_unknown) {
        field_fault(&reader, "verificationIds", "invalid",
            "Each id must be one that was completed, of what this user has, and not used before.");
    }
    if (found.has_twice) {
        field_fault(&reader, "verificationIds", "duplicate",
            "Send one id for the address, and one for the number.");
    }
    return e;
}
