/* SPDX-License-Identifier: Apache-2.0 */
/* What a request brought: parameters, body, cookies, path segments, each parsed once. */
#include "model/rq/rq.h"

#include "codec/cookie.h"

str
rq_address(const struct rq *rq)
{
    return rq->info.address.n ? rq->info.address : rq->http->peer;
}

str
rq_header(const struct rq *rq, str name)
{
    return http_header(rq->http, name);
}

static bool
read_query(struct rq *rq)
{
    rq->has_query_ = rq->has_query_ || form_parse(rq->arena, rq->http->query, &rq->query_);
    return rq->has_query_;
}

/* A repeated parameter is refused: two readers could each believe another one (RFC 6749 s3.1). But for resource, of which
 * there may be several (RFC 8707 s2) and all are read. */
static bool
is_repeated(const struct form *form)
{
    struct form_pair *pairs = form->pairs;

    for (size_t i = 0; i < form->count; i++) {
        bool is_list = str_eq(pairs[i].name, S("resource"));
        struct form rest = {pairs + i + 1, form->count - i - 1};
        if (!is_list && form_has(&rest, pairs[i].name)) {
            return true;
        }
    }
    return false;
}

enum err
rq_query(struct rq *rq, const struct form **ret)
{
    if (!read_query(rq)) {
        return FAIL(rq, ERR_INVALID_REQUEST, NULL, "has parameters that are not correctly encoded");
    }
    if (is_repeated(&rq->query_)) {
        return FAIL(rq, ERR_INVALID_REQUEST, NULL, "has a parameter more than once");
    }
    *ret = &rq->query_;
    return ERR_OK;
}

/* Of two headers another reader might believe the other one (OA-56). */
static bool
has_media_type(const struct rq *rq, str want)
{
    str type = rq_header(rq, S("content-type"));

    type = str_trim(str_head(type, str_find(type, ';')));
    return str_ieq(type, want) && http_header_count(rq->http, S("content-type")) == 1;
}

static bool
is_encoded(struct rq *rq)
{
    str coding = rq_header(rq, S("content-encoding"));

    return coding.n && !str_ieq(coding, S("identity"));
}

static enum err
read_form(struct rq *rq)
{
    if (rq->has_form_) {
        return ERR_OK;
    }
    if (rq->http->body.n && !has_media_type(rq, S("application/x-www-form-urlencoded"))) {
        return FAIL(
            rq, ERR_INVALID_REQUEST, "Content-Type", "must be application/x-www-form-urlencoded");
    }
    if (rq->http->body.n && is_encoded(rq)) {
        return FAIL(rq, ERR_INVALID_REQUEST, "Content-Encoding", "is not supported: leave it out");
    }
    arena_keep_secret(rq->arena); /* passwords and client secrets come in forms */
    if (!form_parse(rq->arena, rq->http->body, &rq->form_)) {
        return FAIL(rq, ERR_INVALID_REQUEST, NULL, "has parameters that are not correctly encoded");
    }
    rq->has_form_ = true;
    return ERR_OK;
}

enum err
rq_form(struct rq *rq, const struct form **ret)
{
    enum err e = read_form(rq);

    if (e == ERR_OK && is_repeated(&rq->form_)) {
        e = FAIL(rq, ERR_INVALID_REQUEST, NULL, "has a parameter more than once");
    }
    *ret = &rq->form_;
    return e;
}

enum err
rq_form_of_page(struct rq *rq, const struct form **ret)
{
    *ret = &rq->form_;
    return read_form(rq);
}

static bool
is_json_type(const struct rq *rq)
{
    return has_media_type(rq, S("application/json"))
           || has_media_type(rq, S("application/merge-patch+json"))
           || has_media_type(rq, S("application/json-patch+json"));
}

enum err
rq_json(struct rq *rq, const struct json **ret)
{
    size_t at = 0;

    if (!rq->has_json_ && rq->http->body.n) {
        if (!is_json_type(rq)) {
            return FAIL(rq, ERR_MEDIA_TYPE, "Content-Type", "must be application/json");
        }
        if (is_encoded(rq)) { /* RFC 9110 s15.5.16 */
            return FAIL(rq, ERR_MEDIA_TYPE, "Content-Encoding", "is not supported: leave it out");
        }
        arena_keep_secret(rq->arena);
        if (!json_parse(rq->arena, rq->http->body, &rq->json_, &at)) {
            field_fault_add(&rq->faults, rq->arena, NO_STR, S("invalidJSON"),
                str_fmt(rq->arena,
                    "The request body is not valid JSON: it breaks at byte %zu. Send one UTF-8 "
                    "object without "
                    "repeated names.",
                    at + 1));
            return FAIL(rq, ERR_FIELDS, NULL, "is not valid JSON");
        }
        if (rq->json_->type == JSON_NULL) { /* FusionAuth's Python client, for no body */
            rq->json_ = NULL;
        }
    }
    rq->has_json_ = true;
    *ret = rq->json_;
    return ERR_OK;
}

/* Another parameter that is a list takes nothing from this one. */
str
rq_query_get(struct rq *rq, str name)
{
    size_t count = 0;

    if (!read_query(rq)) {
        return NO_STR;
    }
    for (size_t i = 0; i < rq->query_.count; i++) {
        count += str_eq(rq->query_.pairs[i].name, name);
    }
    return count == 1 ? form_get(&rq->query_, name) : NO_STR;
}

enum err
rq_segment_id(struct rq *rq, size_t index, const char *name, struct uuid *ret)
{
    str text = index < rq->segment_count ? rq->segments[index] : NO_STR;

    *ret = (struct uuid){0};
    if (text.n == 0) {
        return ERR_OK;
    }
    if (!uuid_parse(text, ret)) {
        field_fault_add(&rq->faults, rq->arena, str_from(name), S("couldNotConvert"),
            str_fmt(rq->arena, "The %s in the URL must be a UUID.", name));
        return FAIL(rq, ERR_FIELDS, name, "must be a UUID");
    }
    return ERR_OK;
}

str
rq_cookie(const struct rq *rq, str name)
{
    str value;

    return cookie_get(rq_header(rq, S("cookie")), name, &value) ? value : NO_STR;
}

/* credentials = "Bearer" 1*SP b64token ; RFC 6750 s2.1, the scheme in any case (RFC 9110 s11.1) */
str
rq_bearer(const struct rq *rq)
{
    str value = rq_header(rq, S("authorization"));

    /* Two headers would let two readers believe two tokens (OA-56). */
    if (http_header_count(rq->http, S("authorization")) != 1 || value.n < 7
        || !str_ieq(str_head(value, 7), S("Bearer "))) {
        return NO_STR;
    }
    return str_trim(str_skip(value, 7));
}

bool
rq_wants_json(const struct rq *rq)
{
    str accept = rq_header(rq, S("accept"));
    size_t json = str_find_str(accept, S("application/json"));

    if (rq->http->body.n && is_json_type(rq)) {
        return true;
    }
    return json < accept.n && json <= str_find_str(accept, S("text/html"));
}

enum err
rq_needs_hash(struct rq *rq)
{
    return rq->place == RQ_HASH ? ERR_OK : ERR_MOVE;
}

enum err
rq_send(struct rq *rq, struct rq_errand *errand)
{
    if (rq->place != RQ_WORKER) {
        rq->errand = errand;
        return ERR_MOVE;
    }
    errand->run(rq, errand);
    errand->next = rq->errands;
    rq->errands = errand;
    return ERR_OK;
}

struct uuid
rq_new_id(struct rq *rq)
{
    return uuid_make(rq->now, rq->rng);
}

void
rq_forget_fault(struct rq *rq)
{
    rq->fault = (struct fault){ERR_OK, NULL, NULL, NULL, 0};
    rq->faults = (struct field_faults){NULL, NULL, 0};
}

void
rq_keep_refusal(struct rq *rq)
{
    db_writes_init(&rq->writes, rq->arena);
    rq->drops = NULL;
    rq->postings = NULL;
    rq->has_mail = false;
    rq->keeps_writes = true;
    rq_count_forget(rq);
}

void
rq_write(struct rq *rq, int statement, enum db_expect expect, enum err miss,
    const struct db_value *values, size_t count)
{
    struct db_value *own = db_write(&rq->writes, statement, expect, (int)miss, values, count);

    for (size_t i = 0; own != NULL && i < count; i++) { /* a failed arena fails the set */
        if (values[i].type == DB_TEXT || values[i].type == DB_BLOB) {
            own[i].data = str_dup(rq->arena, values[i].data);
        }
    }
}

/* The disk or the database is away: 503, because the request may be right and come again (DU-04). */
static enum err
fail_read(struct rq *rq)
{
    return FAIL(rq, ERR_BUSY, NULL, "cannot be looked up now: try again in a second");
}

enum err
rq_read(
    struct rq *rq, int statement, struct db_row **ret, const struct db_value *values, size_t count)
{
    *ret = NULL;
    if (db_one(rq->db, rq->arena, statement, values, count, ret) == DB_FAILED) {
        return fail_read(rq);
    }
    return ERR_OK;
}

enum err
rq_read_all(struct rq *rq, int statement, size_t max, struct db_row **ret,
    const struct db_value *values, size_t count)
{
    *ret = NULL;
    if (db_all(rq->db, rq->arena, statement, values, count, max, ret) == DB_FAILED) {
        return fail_read(rq);
    }
    return ERR_OK;
}

enum err
rq_ids(struct rq *rq, const struct db_row *rows, struct uuid **ret, size_t *ret_count)
{
    size_t n;

    n = db_row_count(rows);
    *ret = ARENA_ARRAY(rq->arena, n, struct uuid);
    if (*ret == NULL) {
        return FAIL_SERVER(rq);
    }
    *ret_count = n;
    n = 0;
    for (const struct db_row *row = rows; row != NULL; row = row->next) {
        (*ret)[n++] = uuid_from(db_bytes(row, 0));
    }
    return ERR_OK;
}

bool
rq_is_from_elsewhere(const struct rq *rq)
{
    str site = rq_header(rq, S("sec-fetch-site")), origin = rq_header(rq, S("origin"));

    if (str_eq(site, S("cross-site")) || str_eq(site, S("same-site"))) {
        return true;
    }
    return origin.n && !str_eq(origin, S("null")) && !str_eq(origin, rq->house->base_url)
           && !str_eq(site, S("same-origin"));
}
