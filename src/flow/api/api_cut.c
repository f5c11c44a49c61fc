/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies too long for one tree: the list is cut out, the rest is read as any body. */
#include "flow/api/api_cut.h"

/* The body without its list, and where that stands. */
static bool
split(struct rq *rq, str name_of_list, str *ret_rest, str *ret_list)
{
    struct json_cut cut;
    struct buf buf;
    str name, value;
    bool has_member = false;

    *ret_list = NO_STR;
    buf_init(&buf, rq->arena, KB(64));
    if (!json_cut_begin(rq->http->body, &cut) || cut.end != '}') {
        return false;
    }
    buf_char(&buf, '{');
    while (json_cut_next(&cut, &name, &value)) {
        if (str_eq(name, name_of_list) && ret_list->n == 0) {
            *ret_list = value;
            continue;
        }
        buf_fmt(&buf, "%s\"" STRF "\":" STRF, has_member ? "," : "", STRV(name), STRV(value));
        has_member = true;
    }
    buf_char(&buf, '}');
    return buf_done(&buf, ret_rest) && json_cut_ended(&cut);
}

static enum err
count_items(struct rq *rq, const struct api_cut *cut, struct json_cut ahead, size_t *ret_count)
{
    str name, value;

    for (*ret_count = 0; json_cut_next(&ahead, &name, &value); (*ret_count)++) {
    }
    if (!json_cut_ended(&ahead)) {
        return api_refuse(rq, cut->name, "invalidJSON", "The list is no valid JSON.");
    }
    if (*ret_count == 0 || *ret_count > cut->max) {
        const char *why = str_z(
            rq->arena, str_fmt(rq->arena,
                           "Give a list of 1 to %zu: send more in calls of their own.", cut->max));

        return api_refuse(rq, cut->name, *ret_count ? "tooMany" : "missing",
            why ? why : "Give a list that is neither empty nor too long.");
    }
    return ERR_OK;
}

enum err
api_cut_list(struct rq *rq, const struct api_cut *cut, struct json_cut *ret, size_t *ret_count)
{
    const struct http_request *whole = rq->http;
    struct http_request head = *whole;
    const struct json *body;
    str list = NO_STR;
    enum err e;

    if (whole->body.n == 0 || !split(rq, str_from(cut->name), &head.body, &list)) {
        head.body = S("["); /* what rq_json says of broken JSON */
    }
    rq->http = &head;
    e = api_body(rq, NULL, cut->table, cut->beside, &body);
    rq->http = whole;
    e = e ? e : api_faults(rq);
    if (e != ERR_OK) {
        return e;
    }
    if (list.n == 0 || list.p[0] != '[' || !json_cut_begin(list, ret)) {
        return api_refuse(rq, cut->name, "missing", "Send it as a list, in brackets.");
    }
    return count_items(rq, cut, *ret, ret_count);
}

void
api_cut_keep_faults(struct rq *rq, struct arena *arena, const struct field_faults *faults)
{
    for (const struct field_fault *f = faults->first; f != NULL; f = f->next) {
        field_fault_add(&rq->faults, arena, str_dup(arena, f->path), str_dup(arena, f->code),
            str_dup(arena, f->message));
    }
}
