/* SPDX-License-Identifier: Apache-2.0 */
/* The mails of this room: the one place that knows their texts, so that a template can take its place. The catalogue
 * has them in the languages of the pages; the first of the user's languages that is there is taken. */
#include "model/outbox/outbox.h"
#include "model/page/page.h"
#include "model/proof/proof_internal.h"
#include "model/rq/rq.h"

/* "en ar" for page_lang. */
static str
languages_of(struct rq *rq, const struct user *user)
{
    struct buf buf;
    str text;

    buf_init(&buf, rq->arena, 1024);
    for (size_t i = 0; i < user->languages.count; i++) {
        buf_fmt(&buf, STRF " ", STRV(user->languages.items[i]));
    }
    return buf_done(&buf, &text) ? text : NO_STR;
}

static str
link_of(struct rq *rq, const struct tenant *tenant, const struct proof_letter *letter)
{
    str base = tenant->base_url.n ? tenant->base_url : rq->house->base_url;
    str tenant_id = uuid_text(rq->arena, tenant->id);
    str client = NO_STR;

    if (base.n && base.p[base.n - 1] == '/') {
        base.n--;
    }
    if (!uuid_is_nil(letter->application_id)) {
        client = str_fmt(
            rq->arena, "&client_id=" STRF, STRV(uuid_text(rq->arena, letter->application_id)));
    }
    return str_fmt(rq->arena, STRF "%s" STRF "?tenantId=" STRF STRF, STRV(base), letter->kind->path,
        STRV(letter->text), STRV(tenant_id), STRV(client));
}

enum err
proof_letter_send(struct rq *rq, const struct tenant *tenant, const struct proof_letter *letter)
{
    str lang = page_lang(languages_of(rq, letter->user), NO_STR, NO_STR);
    bool has_code = letter->code.n > 0;
    str body_key =
        str_fmt(rq->arena, "mail.%s.%s", letter->kind->letter, has_code ? "code" : "text");
    str subject_key = str_fmt(rq->arena, "mail.%s.subject", letter->kind->letter);
    str args[] = {tenant->name, has_code ? letter->code : link_of(rq, tenant, letter)};
    str subject = page_text_fmt(rq->arena, lang, subject_key, args, COUNT(args));
    str body = page_text_fmt(rq->arena, lang, body_key, args, COUNT(args));

    arena_keep_secret(rq->arena);
    return outbox_add(rq, tenant, letter->user, subject, body, NO_STR);
}
