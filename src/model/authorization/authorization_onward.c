/* SPDX-License-Identifier: Apache-2.0 */
/* Where people go on to from pages outside a journey. Invariants: 1 a page opens only in the browser it was made for  2 of a
 * request only parameters that we know are carried, and no token  3 nothing here redirects to an address of somebody's. */
#include "model/authorization/authorization_onward.h"

#include "model/application/application.h"
#include "model/authorization/authorization_internal.h"
#include "model/ipacl/ipacl.h"

enum { REQUEST_MAX = 8192, PARTS_MAX = 40 };

/* clang-format off */
#define O(member) FIELD_AT(struct authorization_onward, member)
static const struct field fields[] = {
    {.name = "t", .kind = FIELD_UUID, .offset = O(tenant_id)},
    {.name = "a", .kind = FIELD_UUID, .offset = O(application_id)},
    {.name = "s", .kind = FIELD_TEXT, .offset = O(step)},
    {.name = "x", .kind = FIELD_TEXT, .offset = O(text)},
    {.name = "r", .kind = FIELD_TEXT, .offset = O(request), .max = REQUEST_MAX},
    {.name = "l", .kind = FIELD_TEXT, .offset = O(lang)},
    {.name = "i", .kind = FIELD_INSTANT, .offset = O(started_at)},
};
static const struct field_table table = FIELD_TABLE("Onward", fields, struct authorization_onward, NULL);

static const struct { str name; bool may_repeat; } known[] = {
    {S_INIT("client_id"), false}, {S_INIT("tenantId"), false}, {S_INIT("response_type"), false}, {S_INIT("redirect_uri"), false},
    {S_INIT("scope"), false}, {S_INIT("state"), false}, {S_INIT("nonce"), false}, {S_INIT("code_challenge"), false},
    {S_INIT("code_challenge_method"), false}, {S_INIT("response_mode"), false}, {S_INIT("prompt"), false},
    {S_INIT("max_age"), false}, {S_INIT("login_hint"), false}, {S_INIT("ui_locales"), false}, {S_INIT("resource"), true},
};
/* clang-format on */

str
authorization_onward_seal(struct rq *rq, const struct authorization_onward *onward)
{
    return authorization_carry(rq, S("onward"), &table, onward);
}

bool
authorization_onward_open(struct rq *rq, str sealed, struct authorization_onward *ret)
{
    return authorization_carried(rq, S("onward"), sealed, &table, ret);
}

static bool
is_known(str name, bool *ret_may_repeat)
{
    for (size_t i = 0; i < COUNT(known); i++) {
        if (str_eq(name, known[i].name)) {
            *ret_may_repeat = known[i].may_repeat;
            return true;
        }
    }
    return false;
}

static void
take(struct form *picked, const struct form_pair *pair)
{
    bool may_repeat;

    if (pair->value.n == 0 || picked->count == PARTS_MAX || !is_known(pair->name, &may_repeat)
        || (!may_repeat && form_has(picked, pair->name))
        || (str_eq(pair->name, S("prompt")) && str_eq(pair->value, S("none")))) {
        return;
    }
    picked->pairs[picked->count++] = *pair;
}

static str
encode(struct rq *rq, const struct form *picked)
{
    struct buf buf;
    str text;

    if (!form_has(picked, S("client_id")) || !form_has(picked, S("redirect_uri"))) {
        return NO_STR;
    }
    buf_init(&buf, rq->arena, REQUEST_MAX);
    form_encode(&buf, picked);
    return buf_done(&buf, &text) ? text : NO_STR;
}

str
authorization_request_of(struct rq *rq, const struct form *form)
{
    struct form_pair pairs[PARTS_MAX];
    struct form picked = {pairs, 0};

    for (size_t i = 0; i < form->count; i++) {
        take(&picked, &form->pairs[i]);
    }
    return encode(rq, &picked);
}

/* What may stand more than once has spaces between in JSON: none of them has one inside. */
static void
write_member(struct rq *rq, struct json_out *out, const struct form *form, size_t at)
{
    const struct form_pair *pair = &form->pairs[at];
    size_t first = 0;
    struct buf buf;
    str text;

    while (!str_eq(form->pairs[first].name, pair->name)) {
        first++;
    }
    if (first < at) {
        return; /* stands there already */
    }
    buf_init(&buf, rq->arena, REQUEST_MAX);
    for (size_t i = at; i < form->count; i++) {
        if (str_eq(form->pairs[i].name, pair->name)) {
            buf_str(&buf, buf.n ? S(" ") : NO_STR);
            buf_str(&buf, form->pairs[i].value);
        }
    }
    json_put_str(out, pair->name, buf_done(&buf, &text) ? text : NO_STR);
}

str
authorization_request_state(struct rq *rq, str request)
{
    struct json_out out;
    struct form form;
    struct buf buf;
    str text;

    if (request.n == 0 || !form_parse(rq->arena, request, &form)) {
        return NO_STR;
    }
    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    for (size_t i = 0; i < form.count; i++) {
        write_member(rq, &out, &form, i);
    }
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

str
authorization_request_of_state(struct rq *rq, str state)
{
    struct form_pair pairs[PARTS_MAX];
    struct form picked = {pairs, 0};
    const struct json *json;
    str value, word;
    bool may_repeat;

    if (state.n == 0 || !json_parse(rq->arena, state, &json, NULL) || json->type != JSON_OBJECT) {
        return NO_STR;
    }
    for (const struct json *m = json->first; m != NULL; m = m->next) {
        if (!json_str(m, &value) || !is_known(m->name, &may_repeat)) {
            continue;
        }
        while (may_repeat && str_cut(&value, ' ', &word)) {
            take(&picked, &(struct form_pair){m->name, word});
        }
        if (!may_repeat) {
            take(&picked, &(struct form_pair){m->name, value});
        }
    }
    return encode(rq, &picked);
}

enum err
authorization_check_place(
    struct rq *rq, const struct tenant *tenant, const struct application *application)
{
    struct uuid list =
        application != NULL ? application->access.ui_list_id : tenant->access.ui_list_id;
    bool is_let_in;
    enum err e = ipacl_judge(rq, uuid_is_nil(list) ? tenant->access.ui_list_id : list, &is_let_in);

    if (e != ERR_OK || is_let_in) {
        return e;
    }
    return FAIL(rq, ERR_FORBIDDEN, NULL, "is not open to where you are: ask its owner for access");
}
