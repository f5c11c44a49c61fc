/* SPDX-License-Identifier: Apache-2.0 */
/* Scopes that clients ask for (RFC 6749 s3.3). */
#include "flow/oauth/oauth_internal.h"

enum { SCOPE_MAX = 2048 };

static bool
is_known(const struct application *app, str word)
{
    const struct app_requirable *provided = application_provided_scope(app, word);
    const struct app_scope *own = app->scopes.items;

    if (provided != NULL) {
        return provided->enabled; /* what is switched off is as unknown as what never was */
    }
    if (str_eq(word, S("openid")) || str_eq(word, S("offline_access"))) {
        return true;
    }
    for (size_t i = 0; i < app->scopes.count; i++) {
        if (str_eq(word, own[i].name)) {
            return true;
        }
    }
    return false;
}

/* scope-token = 1*( %x21 / %x23-5B / %x5D-7E ) ; RFC 6749 s3.3 */
static bool
is_token(str word)
{
    for (size_t i = 0; i < word.n; i++) {
        unsigned char c = (unsigned char)word.p[i];
        if (c < 0x21 || c > 0x7e || c == '"' || c == '\\') {
            return false;
        }
    }
    return true;
}

bool
scope_grant(struct rq *rq, const struct application *application, str asked, str *ret,
    const char **ret_problem)
{
    int policy = application->oauth.unknown_scope;
    str rest = asked, word;
    struct buf buf;

    buf_init(&buf, rq->arena, SCOPE_MAX);
    while (str_cut(&rest, ' ', &word)) {
        bool known = is_known(application, word);
        if (!is_token(word) || (!known && word.n && policy == UNKNOWN_SCOPE_REJECT)) {
            *ret_problem = "scope has a value that is not known";
            return false;
        }
        if (word.n == 0 || (!known && policy == UNKNOWN_SCOPE_REMOVE)
            || str_has_word((str){buf.p, buf.n}, word)) {
            continue;
        }
        buf_str(&buf, buf.n ? S(" ") : S(""));
        buf_str(&buf, word);
    }
    *ret_problem = "scope is too long";
    return buf_done(&buf, ret);
}

bool
scope_within(str narrow, str wide)
{
    str word;

    while (str_cut(&narrow, ' ', &word)) {
        if (word.n && !str_has_word(wide, word)) {
            return false;
        }
    }
    return true;
}
