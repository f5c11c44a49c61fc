/* SPDX-License-Identifier: Apache-2.0 */
/* /api/key: signing keys. One made by a call that is bound to a tenant is that tenant's, others are
 * everybody's; a bound call sees both and changes its own. No answer holds a private key or a secret.
 * Refused: secrets that are no keys. A PUT changes the name and nothing else. */
#include "flow/api/api_endpoints.h"
#include "codec/utf8.h"
#include "flow/api/api_key_use.h"
#include "model/key/key.h"

static bool
may_see(const struct rq *rq, const struct key *key)
{
    return uuid_is_nil(key->tenant_id) || api_may_see(rq, key->tenant_id);
}

static enum err
load(struct api_call *call)
{
    const struct key *key;
    enum err e = key_load(call->rq, call->id, &key);

    if (e != ERR_OK || key == NULL || !may_see(call->rq, key)) {
        return e;
    }
    call->before = key;
    return api_resource_tenant(call, key->tenant_id);
}

/* To change a key that everybody uses, a call must not be bound. */
static enum err
load_own(struct api_call *call)
{
    enum err e = load(call);
    const struct key *key = call->before;

    if (key != NULL && uuid_is_nil(key->tenant_id) && api_is_bound(call->rq)) {
        call->before = NULL;
    }
    return e;
}

static enum err
place(struct api_call *call)
{
    struct rq *rq = call->rq;
    const struct key *taken = NULL;
    struct uuid tenant_id = {{0}};
    enum err e = ERR_OK;

    if (api_is_bound(rq)) {
        e = api_tenant(rq);
        tenant_id = rq->tenant ? rq->tenant->id : tenant_id;
    }
    e = e ? e : api_resource_tenant(call, tenant_id);
    if (e == ERR_OK && !uuid_is_nil(call->id)) {
        e = key_load(rq, call->id, &taken);
    }
    if (taken != NULL || key_client_alg(call->id) != SIGN_NONE) {
        api_resource_taken(call);
    }
    return e;
}

/* ?tenantDefault=true: it is to be the tenant's own, in place of the one that is. Configuration files say so. */
static bool
is_to_be_own(const struct api_call *call)
{
    return call->rq->is_operator && str_eq(rq_query_get(call->rq, S("tenantDefault")), S("true"));
}

/* FusionAuth: unique among all keys; here among those the caller sees. The one that takes a tenant's own key's place may
 * have its name. */
static enum err
check_name(struct api_call *call, const struct key *key)
{
    struct uuid of = api_is_bound(call->rq) ? call->tenant->id : (struct uuid){{0}};
    const struct key **keys;
    size_t count;
    enum err e = key->name.n ? key_list(call->rq, of, &keys, &count) : ERR_OK;

    for (size_t i = 0; e == ERR_OK && key->name.n && i < count; i++) {
        bool is_replaced = keys[i]->is_default && is_to_be_own(call);
        if (str_eq(keys[i]->name, key->name) && !uuid_eq(keys[i]->id, call->id) && !is_replaced) {
            field_fault(&call->reader, "key.name", "duplicate",
                "A key with this name exists already: choose another.");
            break;
        }
    }
    return e;
}

static void
take_place(struct api_call *call, struct key *key)
{
    key->id = call->id;
    key->tenant_id = api_is_bound(call->rq) ? call->tenant->id : (struct uuid){{0}};
    key->expiration_instant = 0; /* it is a certificate's */
}

static bool
length_fits(enum sign_alg alg, int64_t length)
{
    switch (alg) {
    case SIGN_ES256:
    case SIGN_EdDSA:
        return length == 0 || length == 256;
    case SIGN_ES384:
        return length == 0 || length == 384;
    case SIGN_ES512:
        return length == 0 || length == 521;
    default:
        return sign_alg_is_symmetric(alg) || length == 2048 || length == 3072 || length == 4096;
    }
}

static enum err
check_generated(struct api_call *call)
{
    struct key *key = call->after;
    enum sign_alg alg = sign_alg_by_name(key->algorithm);

    take_place(call, key);
    key->kid = key->public_key = key->private_key = key->secret = key->type = NO_STR;
    key->certificate = NO_STR;
    if (alg == SIGN_NONE) {
        field_fault(&call->reader, "key.algorithm", key->algorithm.n ? "invalid" : "blank",
            "Name the key's algorithm, such as ES256 or RS256.");
    } else if (!length_fits(alg, key->length)) {
        field_fault(&call->reader, "key.length", key->length ? "invalid" : "blank",
            "RSA keys are 2048, 3072 or 4096 bits long; other lengths follow from the algorithm.");
    }
    return check_name(call, key);
}

static enum err
make_own(struct api_call *call, const struct key *key)
{
    if (!is_to_be_own(call)) {
        return ERR_OK;
    }
    if (!key->has_private || uuid_is_nil(key->tenant_id)) {
        return api_refuse(call->rq, "key.privateKey", "missing",
            "What a tenant signs with is a key of the tenant with its private part.");
    }
    return key_make_own(call->rq, call->tenant, key->id);
}

static enum err
generate(struct api_call *call)
{
    enum err e = key_generate(call->rq, call->after);

    return e ? e : make_own(call, call->after);
}

/* What a key without an algorithm is good for: the one its kind and size are made for. */
static str
guess_algorithm(const struct key *key)
{
    static const enum sign_alg likely[] = {
        SIGN_ES256, SIGN_ES384, SIGN_ES512, SIGN_EdDSA, SIGN_RS256};
    str pem = key_material(key);

    if (key->secret.n) {
        return S("HS256");
    }
    for (size_t i = 0; pem.n && i < COUNT(likely); i++) {
        struct sign_key *made = sign_key_from_pem(likely[i], pem);
        if (made != NULL) {
            sign_key_unref(made);
            return likely[i] == SIGN_EdDSA ? S("Ed25519") : sign_alg_name(likely[i]);
        }
    }
    return NO_STR;
}

static enum err
check_kid(struct api_call *call, const struct key *key)
{
    const struct key *taken = NULL;
    enum err e = key->kid.n ? key_find_kid(call->rq, key->kid, &taken) : ERR_OK;

    if (taken != NULL) {
        field_fault(&call->reader, "key.kid", "duplicate",
            "A key with this kid exists already: choose another, or leave it out.");
    }
    return e;
}

static enum err
check_imported(struct api_call *call)
{
    struct key *key = call->after;
    enum err e;

    take_place(call, key);
    if (key->algorithm.n == 0) {
        key->algorithm = guess_algorithm(key);
    }
    e = check_kid(call, key);
    return e ? e : check_name(call, key);
}

/* The public half that was sent must be that of the private one. */
static bool
halves_fit(struct api_call *call, const struct key *key, str sent)
{
    struct sign_key *public = sign_key_from_pem(sign_alg_by_name(key->algorithm), sent);
    str pem = NO_STR;
    bool fits = public != NULL && sign_key_export_public(call->rq->arena, public, &pem)
                && str_eq(pem, key->public_key);

    sign_key_unref(public);
    return fits;
}

static enum err
import(struct api_call *call)
{
    struct key *key = call->after;
    str type = key->type, sent = key->public_key;
    enum err e = key_import(call->rq, key, &call->reader);

    if (e != ERR_OK) {
        return e;
    }
    if (type.n && !str_eq(type, key->type)) {
        return api_refuse(
            call->rq, "key.type", "invalid", "This key is of another type: EC, OKP, RSA or HMAC.");
    }
    if (key->private_key.n && sent.n && !halves_fit(call, key, sent)) {
        return api_refuse(call->rq, "key.publicKey", "invalid",
            "This is not the public key of the private key: leave it out.");
    }
    return make_own(call, key);
}

static enum err
check_renamed(struct api_call *call)
{
    const struct key *before = call->before;
    struct key *key = call->after;
    str name = key->name;

    *key = *before;
    key->name = name;
    key->last_update_instant = call->rq->now;
    return check_name(call, key);
}

static enum err
update(struct api_call *call)
{
    enum err e = key_rename(call->rq, call->before, ((struct key *)call->after)->name);

    return e ? e : make_own(call, call->before);
}

static enum err
remove_key(struct api_call *call)
{
    bool is_used = false;
    int64_t uses = 0;
    enum err e = key_uses(call->rq, call->before, &uses); /* before it is looked who they are */

    e = e ? e : api_key_in_use(call->rq, call->before, &is_used);

    if (e == ERR_OK && is_used) {
        return api_refuse(call->rq, "keyId", "inUse",
            "A tenant or an application signs with this key: give it another one first.");
    }
    if (e == ERR_OK) {
        key_delete(call->rq, call->before, uses);
    }
    return e;
}

/* With its private part or secret, where that is text, and its tenant: for who has the master key anyway. */
static void
write_for_operator(struct rq *rq, const struct key *key, struct json_out *out)
{
    struct key shown = *key;
    str material = NO_STR;

    if (key->sign && key->has_private && sign_key_export_private(rq->arena, key->sign, &material)) {
        if (!sign_alg_is_symmetric(sign_key_alg(key->sign))) {
            shown.private_key = material;
        } else if (utf8_is_valid(material)) {
            shown.secret = material;
        }
    }
    json_out_object(out);
    json_put_given_id(out, S("tenantId"), key->tenant_id);
    if (key->is_default) {
        json_put_bool(out, S("tenantDefault"), true);
    }
    field_write_members(&key_table, FIELD_FOR_OPERATOR, &shown, out);
    json_out_object_end(out);
}

static void
write_key(struct rq *rq, const void *object, struct json_out *out)
{
    if (rq->is_operator) {
        write_for_operator(rq, object, out);
    } else {
        key_write(object, out);
    }
}

/* clang-format off */
static const struct api_resource shown = {
    .name = "key", .id_name = "keyId", .table = &key_table, .beside = &api_beside_table,
    .load = load, .write = write_key,
};
static const struct api_resource generated = {
    .name = "key", .id_name = "keyId", .table = &key_table, .beside = &api_beside_table,
    .created = "key.create", .place = place, .check = check_generated, .create = generate, .write = write_key,
};
static const struct api_resource imported = {
    .name = "key", .id_name = "keyId", .table = &key_table, .beside = &api_beside_table,
    .created = "key.import", .place = place, .check = check_imported, .create = import, .write = write_key,
};
static const struct api_resource owned = {
    .name = "key", .id_name = "keyId", .table = &key_table, .beside = &api_beside_table,
    .updated = "key.update", .deleted = "key.delete",
    .load = load_own, .check = check_renamed, .update = update, .remove = remove_key, .write = write_key,
};
/* clang-format on */

enum err
api_key_generate(struct rq *rq)
{
    return api_resource_create(rq, &generated);
}

enum err
api_key_import(struct rq *rq)
{
    return api_resource_create(rq, &imported);
}

enum err
api_key_change(struct rq *rq)
{
    return api_resource_change(rq, &owned);
}

enum err
api_key_delete(struct rq *rq)
{
    return api_resource_delete(rq, &owned);
}

static enum err
retrieve_all(struct rq *rq)
{
    struct uuid of = {{0}};
    const struct key **keys;
    struct api_answer answer;
    size_t count;
    enum err e = api_is_bound(rq) ? api_tenant(rq) : ERR_OK;

    if (e == ERR_OK && api_is_bound(rq)) {
        of = rq->tenant->id;
    }
    e = e ? e : key_list(rq, of, &keys, &count);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("keys"));
    json_out_array(&answer.out);
    for (size_t i = 0; i < count; i++) {
        write_key(rq, keys[i], &answer.out);
    }
    json_out_array_end(&answer.out);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_key_retrieve(struct rq *rq)
{
    return rq->segments[0].n ? api_resource_retrieve(rq, &shown) : retrieve_all(rq);
}
