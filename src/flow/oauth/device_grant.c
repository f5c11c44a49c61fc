/* SPDX-License-Identifier: Apache-2.0 */
/* Device grants in storage (RFC 8628): two tickets that go together. */
#include "flow/oauth/oauth_internal.h"

#include "model/event/event.h"

enum { DETAIL_MAX = 8 * 1024 };

/* As JSON; empty when memory is short. */
static str
write_detail(struct rq *rq, const struct device_grant *grant)
{
    struct json_out out;
    struct buf buf;
    str text;

    buf_init(&buf, rq->arena, DETAIL_MAX);
    json_out_init(&out, &buf);
    json_out_object(&out);
    json_put_given(&out, S("scope"), grant->scope);
    json_put_given(&out, S("name"), grant->name);
    json_put_given(&out, S("type"), grant->type);
    json_put_given(&out, S("description"), grant->description);
    json_put_given(&out, S("authentication"), grant->authentication);
    json_put_given_id(&out, S("user"), grant->user_id);
    json_put_i64(&out, S("expires"), grant->expires_at);
    json_put_i64(&out, S("polled"), grant->polled_at);
    json_put_i64(&out, S("interval"), grant->interval_s);
    json_put_i64(&out, S("authenticated"), grant->auth_instant);
    json_put_i64(&out, S("approved"), grant->approved_at);
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

static str
text_of(const struct json *detail, const char *name)
{
    str text;

    return json_str(json_get(detail, str_from(name)), &text) ? text : NO_STR;
}

static int64_t
number_of(const struct json *detail, const char *name)
{
    int64_t number;

    return json_i64(json_get(detail, str_from(name)), &number) ? number : 0;
}

static enum err
read_grant(struct rq *rq, struct ticket *ticket, struct device_grant **ret)
{
    struct device_grant *grant = ARENA_NEW(rq->arena, struct device_grant);
    const struct json *detail = ticket->detail;
    str user = text_of(detail, "user");

    if (grant == NULL) {
        return FAIL_SERVER(rq);
    }
    *grant = (struct device_grant){
        .ticket = ticket,
        .application_id = ticket->application_id,
        .scope = text_of(detail, "scope"),
        .name = text_of(detail, "name"),
        .type = text_of(detail, "type"),
        .description = text_of(detail, "description"),
        .authentication = text_of(detail, "authentication"),
        .expires_at = number_of(detail, "expires"),
        .polled_at = number_of(detail, "polled"),
        .interval_s = number_of(detail, "interval"),
        .auth_instant = number_of(detail, "authenticated"),
        .approved_at = number_of(detail, "approved"),
    };
    if (user.n && !uuid_parse(user, &grant->user_id)) {
        return FAIL_SERVER(rq);
    }
    *ret = grant;
    return ERR_OK;
}

enum err
device_grant_make(struct rq *rq, const struct tenant *tenant, struct device_grant *grant,
    str *ret_device_code, str *ret_user_code)
{
    struct ticket_order order = {
        .kind = TICKET_DEVICE_CODE,
        .application_id = grant->application_id,
        .ttl_s = tenant->ids.device_code_ttl_s + DEVICE_GRANT_OVER_S,
    };
    struct ticket_made made;
    enum err e;

    grant->expires_at = rq->now + tenant->ids.device_code_ttl_s * SECOND_MS;
    grant->interval_s = DEVICE_GRANT_INTERVAL_S;
    order.detail = write_detail(rq, grant);
    e = order.detail.n ? ticket_make(rq, tenant, &order, &made) : FAIL_SERVER(rq);
    if (e != ERR_OK) {
        return e;
    }
    *ret_device_code = made.text;
    order.kind = TICKET_DEVICE_USER_CODE;
    order.ttl_s = tenant->ids.device_code_ttl_s;
    order.text = &tenant->ids.device_user_code;
    order.detail =
        str_fmt(rq->arena, "{\"device\":\"" STRF "\"}", STRV(uuid_text(rq->arena, made.id)));
    e = ticket_make(rq, tenant, &order, &made);
    *ret_user_code = made.text;
    return e;
}

enum err
device_grant_find(
    struct rq *rq, const struct tenant *tenant, str device_code, struct device_grant **ret)
{
    struct ticket *ticket;
    enum err e = ticket_find(rq, tenant, TICKET_DEVICE_CODE, device_code, &ticket);

    *ret = NULL;
    return e != ERR_OK || ticket == NULL ? e : read_grant(rq, ticket, ret);
}

enum err
device_grant_find_user_code(
    struct rq *rq, const struct tenant *tenant, str user_code, struct device_grant **ret)
{
    struct ticket *short_one, *ticket = NULL;
    struct uuid id;
    enum err e = ticket_find(rq, tenant, TICKET_DEVICE_USER_CODE, user_code, &short_one);

    *ret = NULL;
    if (e == ERR_OK && short_one != NULL && uuid_parse(text_of(short_one->detail, "device"), &id)) {
        e = ticket_find_by_id(rq, tenant, TICKET_DEVICE_CODE, id, &ticket);
    }
    if (e != ERR_OK || ticket == NULL) {
        return e;
    }
    e = read_grant(rq, ticket, ret);
    if (e == ERR_OK && *ret != NULL) {
        (*ret)->user_code = short_one;
    }
    return e;
}

static enum err
save(struct rq *rq, const struct tenant *tenant, const struct device_grant *grant)
{
    str detail = write_detail(rq, grant);

    return detail.n ? ticket_change(rq, tenant, grant->ticket, detail, NULL, NULL)
                    : FAIL_SERVER(rq);
}

/* Who asks all the time makes us write no more than a few times a minute: at the longest interval an early question
 * changes nothing. Nor does one that lost a race to another: of many at once each would lose again. */
enum err
device_grant_poll(
    struct rq *rq, const struct tenant *tenant, struct device_grant *grant, bool *ret_in_time)
{
    *ret_in_time = rq->now - grant->polled_at >= grant->interval_s * SECOND_MS;
    if (!*ret_in_time) {
        if (grant->interval_s >= DEVICE_GRANT_INTERVAL_MAX_S || rq->tries > 0) {
            return ERR_OK;
        }
        grant->interval_s += DEVICE_GRANT_INTERVAL_S;
    }
    grant->polled_at = rq->now;
    return save(rq, tenant, grant);
}

enum err
device_grant_approve(struct rq *rq, const struct tenant *tenant, struct device_grant *grant)
{
    struct event event = {"oauth2.device.approve", grant->user_id, grant->application_id, NO_STR};
    enum err e;

    grant->approved_at = rq->now;
    ticket_use(rq, grant->user_code);
    e = save(rq, tenant, grant);
    return e ? e : event_add(rq, tenant, &event);
}
