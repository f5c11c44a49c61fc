/* SPDX-License-Identifier: Apache-2.0 */
/* Browsers that people signed in with before: a cookie with a keyed digest of each of the last few, which opens nothing and tells
 * nobody who they are. It outlives sessions, so that only a browser that is new to somebody is told of. */
#include "codec/base64.h"
#include "crypto/hash.h"
#include "model/rq/rq.h"
#include "model/session/session.h"
#include "model/session/session_internal.h"
#include "model/tenant/tenant.h"

enum {
    TAG_BYTES = 16,
    TAG_TEXT = 22,
    PEOPLE_MAX = 8,
    KEPT_DAYS = 400
}; /* browsers keep none longer */

static str
name_of(struct rq *rq, const struct tenant *tenant)
{
    return session_cookie_name(rq, tenant, "cardea.known");
}

static str
tag_of(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    const bytes parts[] = {str_bytes(S("known device")), uuid_bytes(&user_id)};
    struct digest digest = hmac_sha256_parts(key32_bytes(&tenant->index_key), parts, COUNT(parts));

    return base64url_text(rq->arena, (bytes){digest_bytes(&digest).p, TAG_BYTES});
}

static bool
is_tag(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if ((c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '-'
            && c != '_') {
            return false;
        }
    }
    return s.n == TAG_TEXT;
}

/* The next one of "tag.tag.tag"; false at the end, and at what is none of ours. */
static bool
take_tag(str *text, str *ret)
{
    size_t end = str_find(*text, '.');

    *ret = str_head(*text, end);
    *text = str_skip(*text, MIN(end + 1, text->n));
    return is_tag(*ret);
}

bool
session_note_device(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    str mine = tag_of(rq, tenant, user_id), name = name_of(rq, tenant);
    str given = rq_cookie(rq, rq_cookie_name(rq, name)), tag, value;
    bool is_known = false;
    size_t kept = 1;
    struct buf buf;

    buf_init(&buf, rq->arena, PEOPLE_MAX * (TAG_TEXT + 1));
    buf_str(&buf, mine);
    for (size_t i = 0; i < PEOPLE_MAX && take_tag(&given, &tag); i++) {
        if (ct_eq(str_bytes(tag), str_bytes(mine))) {
            is_known = true;
        } else if (kept++ < PEOPLE_MAX) {
            buf_char(&buf, '.');
            buf_str(&buf, tag);
        }
    }
    if (buf_done(&buf, &value)) {
        rq_set_cookie(rq, name, value, KEPT_DAYS * DAY_MS / SECOND_MS);
    }
    return is_known;
}
