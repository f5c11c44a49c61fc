/* SPDX-License-Identifier: Apache-2.0 */
/* What people are told of where there is a template for it: somebody wanted a login id that is theirs, or came in from a device
 * nobody had seen. Few of the former in an hour: anybody can want a login id. */
#include "codec/useragent.h"
#include "crypto/hash.h"
#include "model/application/application.h"
#include "model/proof/proof_internal.h"
#include "model/rq/rq.h"

enum { TAKEN_IN_WINDOW = 3, TAKEN_WINDOW_S = 60 * 60 };

struct news {
    const char *type; /* of FusionAuth's event: a template may name it */
    int mail, phone;  /* enum mail_template, enum phone_template */
};
static const struct news taken_on_create = {"user.loginId.duplicate.create",
    MAIL_TEMPLATE_LOGIN_ID_IN_USE_ON_CREATE, PHONE_TEMPLATE_LOGIN_ID_IN_USE_ON_CREATE};
static const struct news taken_on_update = {"user.loginId.duplicate.update",
    MAIL_TEMPLATE_LOGIN_ID_IN_USE_ON_UPDATE, PHONE_TEMPLATE_LOGIN_ID_IN_USE_ON_UPDATE};
static const struct news new_device = {
    "user.login.new-device", MAIL_TEMPLATE_LOGIN_NEW_DEVICE, PHONE_TEMPLATE_LOGIN_NEW_DEVICE};

struct wanted { /* the login ids that were wanted, and are somebody else's */
    str of[3];
    str authentication; /* of a sign-in, which wants none */
};
static const char *const wanted_names[] = {
    "duplicateEmail", "duplicatePhoneNumber", "duplicateUsername"};

/* Where it came from, as a caller says who is believed; else what can be told from a browser's header, in words of ours: a
 * stranger must not write into somebody's mail. */
static void
put_info(struct rq *rq, struct json_out *out)
{
    struct useragent agent = useragent_read(rq_header(rq, S("user-agent")));
    struct rq_info told = rq->info, *info = &told;

    if (rq->api_key == NULL && !told.is_told) {
        info->device_description =
            str_fmt(rq->arena, STRF " on " STRF, STRV(agent.browser), STRV(agent.os));
        info->device_type = agent.device;
        info->os = agent.os;
    }
    json_out_name(out, S("info"));
    json_out_object(out);
    json_put_given(out, S("deviceDescription"), info->device_description);
    json_put_given(out, S("deviceName"), info->device_name);
    json_put_given(out, S("deviceType"), info->device_type);
    json_put_given(out, S("ipAddress"), rq_address(rq));
    if (info->location.n) {
        json_put_raw(out, S("location"), info->location);
    }
    json_put_given(out, S("os"), info->os);
    json_put_given(out, S("userAgent"), info->user_agent);
    json_out_object_end(out);
}

static str
describe(struct rq *rq, const struct tenant *tenant, const struct news *news,
    const struct application *application, const struct wanted *wanted)
{
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_given(&out, S("type"), str_from(news->type));
    json_put_id(&out, S("tenantId"), tenant->id);
    if (application != NULL) {
        json_put_id(&out, S("applicationId"), application->id);
    }
    json_put_given(&out, S("authenticationType"), wanted->authentication);
    json_put_i64(&out, S("createInstant"), rq->now);
    for (size_t i = 0; i < COUNT(wanted_names); i++) {
        json_put_given(&out, str_from(wanted_names[i]), wanted->of[i]);
    }
    put_info(rq, &out);
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

static bool
has_template(
    const struct tenant *tenant, const struct application *application, const struct news *news)
{
    return !uuid_is_nil(proof_mail_template(tenant, application, news->mail))
           || !uuid_is_nil(proof_phone_template(tenant, application, news->phone));
}

static enum err
tell(struct rq *rq, const struct tenant *tenant, const struct news *news,
    const struct proof_letter *letter)
{
    struct proof_letter mail = *letter;
    enum err e;

    mail.to = NO_STR; /* the number: a mail goes to the address */
    e = proof_letter_mail(rq, tenant, &mail, news->mail);
    return e ? e : proof_letter_message(rq, tenant, letter, news->phone);
}

/* Whoever only may not see administrators may want their login ids all the same. */
static enum err
find_holder(struct rq *rq, const struct tenant *tenant, str login_id, struct user **ret)
{
    bool guards = rq->guards_admins;
    enum err e;

    rq->guards_admins = false;
    e = user_find(rq, tenant, login_id, USER_PLAIN, ret);
    rq->guards_admins = guards;
    return e;
}

/* The place of one notice among those of its window: of two that want the same place, one comes again and counts anew. */
static struct uuid
place_of(const struct tenant *tenant, struct uuid user_id, int64_t since, int64_t count)
{
    const bytes parts[] = {str_bytes(S("place of a notice")), uuid_bytes(&user_id),
        {(const uint8_t *)&since, sizeof since}, {(const uint8_t *)&count, sizeof count}};
    struct digest digest = hmac_sha256_parts(key32_bytes(&tenant->index_key), parts, COUNT(parts));

    return uuid_from((bytes){digest.b, sizeof(struct uuid)});
}

/* Counted by tickets that open nothing, in each hour of the clock. */
static enum err
may_tell(struct rq *rq, const struct tenant *tenant, const struct user *holder, bool *ret)
{
    struct ticket_order order = {
        .kind = TICKET_NEWS, .user_id = holder->id, .ttl_s = TAKEN_WINDOW_S};
    int64_t since = rq->now - rq->now % (TAKEN_WINDOW_S * SECOND_MS), count = 0;
    struct ticket_made made;
    enum err e = ticket_count_since(rq, tenant, TICKET_NEWS, holder->id, since - 1, &count);

    *ret = count < TAKEN_IN_WINDOW;
    order.given_id = place_of(tenant, holder->id, since, count);
    return e || !*ret ? e : ticket_make(rq, tenant, &order, &made);
}

struct telling {
    const struct tenant *tenant;
    const struct application *application;
    const struct news *news;
    struct wanted all;
    struct user *holders[3]; /* of each that was wanted; NULL: nobody is to be told */
};

/* Holder i is told of all that is theirs, once. */
static enum err
tell_holder(struct rq *rq, const struct telling *t, size_t i)
{
    const struct user *holder = t->holders[i];
    struct proof_letter letter = {
        .user = holder, .application = t->application, .to = holder->phone_number};
    struct wanted theirs = {.of = {NO_STR}};
    bool may = false;
    enum err e;

    for (size_t j = 0; j < COUNT(t->holders); j++) {
        if (t->holders[j] == NULL || !uuid_eq(t->holders[j]->id, holder->id)) {
            continue;
        }
        if (j < i) {
            return ERR_OK;
        }
        theirs.of[j] = t->all.of[j];
    }
    e = may_tell(rq, t->tenant, holder, &may);
    if (e != ERR_OK || !may) {
        return e;
    }
    letter.event = describe(rq, t->tenant, t->news, t->application, &theirs);
    return letter.event.n ? tell(rq, t->tenant, t->news, &letter) : FAIL_SERVER(rq);
}

enum err
proof_tell_taken(struct rq *rq, const struct tenant *tenant, const struct application *application,
    const struct user *before, const struct user *user)
{
    struct telling t = {.tenant = tenant,
        .application = application,
        .news = before ? &taken_on_update : &taken_on_create,
        .all.of = {user->email, user->phone_number, user_unique_username(user)}};
    enum err e = ERR_OK;

    if (rq->is_operator || !has_template(tenant, application, t.news)) {
        return ERR_OK; /* a file that is applied again is no stranger */
    }
    rq_keep_refusal(rq);
    for (size_t i = 0; e == ERR_OK && i < COUNT(t.holders); i++) {
        struct user *holder = NULL;
        e = t.all.of[i].n ? find_holder(rq, tenant, t.all.of[i], &holder) : ERR_OK;
        if (holder != NULL && !uuid_eq(holder->id, user->id) && user_may_sign_in(holder, rq->now)) {
            t.holders[i] = holder;
        }
    }
    for (size_t i = 0; e == ERR_OK && i < COUNT(t.holders); i++) {
        e = t.holders[i] ? tell_holder(rq, &t, i) : ERR_OK;
    }
    return e;
}

enum err
proof_tell_device(struct rq *rq, const struct tenant *tenant, const struct application *application,
    const struct user *user, str authentication)
{
    const struct wanted none = {.of = {NO_STR}, .authentication = authentication};
    struct proof_letter letter = {
        .user = user, .application = application, .to = user->phone_number};

    if (!has_template(tenant, application, &new_device)) {
        return ERR_OK;
    }
    letter.event = describe(rq, tenant, &new_device, application, &none);
    return letter.event.n ? tell(rq, tenant, &new_device, &letter) : FAIL_SERVER(rq);
}
