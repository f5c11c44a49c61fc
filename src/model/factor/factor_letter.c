/* SPDX-License-Identifier: Apache-2.0 */
/* The messages with codes: the one place that knows their text, so that a template can take its place. The
 * catalogue has it in the languages of the pages; the first of the person's languages that is there is taken. */
#include "model/factor/factor_internal.h"
#include "model/outbox/outbox.h"
#include "model/page/page.h"
#include "model/rq/rq.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"

/* A number gets its code the same way: what takes it from the outbox to a phone comes with the messengers. */
enum err
factor_letter_send(struct rq *rq, const struct tenant *tenant, const struct user *user,
    const struct factor *to, str code)
{
    str languages = str_join(rq->arena, user->languages.items, user->languages.count, S(" "));
    str lang = page_lang(languages, NO_STR, NO_STR);
    str args[] = {tenant->name, code};
    struct user reached = *user;

    arena_keep_secret(rq->arena);
    reached.email = to->method == FACTOR_EMAIL ? to->email : to->mobile_phone;
    return outbox_add(rq, tenant, &reached,
        page_text_fmt(rq->arena, lang, S("mail.factor.subject"), args, COUNT(args)),
        page_text_fmt(rq->arena, lang, S("mail.factor.text"), args, COUNT(args)), NO_STR);
}
