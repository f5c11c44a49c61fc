/* SPDX-License-Identifier: Apache-2.0 */
/* A page of this room shown: as a card, or as JSON for an app that draws its own; and the pages that say what was done. */
#include "flow/signin/mailed/mailed_internal.h"

static const char *const steps[] = {
    [MAILED_ASK] = "ask", [MAILED_LINK] = "link", [MAILED_CODE] = "code"};

str
mailed_value(const struct mailed *m, const char *name)
{
    return m->form ? form_get(m->form, str_from(name)) : NO_STR;
}

str
mailed_text(const struct mailed *m, const char *name)
{
    return page_text(m->rq->lang, str_fmt(m->rq->arena, "%s.%s", m->kind->words, name));
}

str
mailed_onward(const struct mailed *m)
{
    return m->onward.request.n
               ? str_fmt(m->rq->arena, "/oauth2/authorize?" STRF, STRV(m->onward.request))
               : NO_STR;
}

str
mailed_step_name(const struct mailed *m, enum mailed_step step)
{
    return str_fmt(m->rq->arena, "%s.%s", m->kind->name, steps[step]);
}

static bool
start_card(struct mailed *m, const char *heading, struct page *ret)
{
    if (!page_start(ret, m->rq->arena, PAGE_CARD, m->rq->lang)) {
        return false;
    }
    view_text(&ret->view, NULL, S("tenant"), m->tenant->name);
    view_text(&ret->view, NULL, S("heading"), mailed_text(m, heading));
    if (m->alert != NULL) {
        view_text(&ret->view, NULL, S("alert"), page_text(m->rq->lang, str_from(m->alert)));
    }
    return true;
}

static str
seal(struct mailed *m)
{
    m->onward.step = mailed_step_name(m, m->step);
    return authorization_onward_seal(m->rq, &m->onward);
}

bool
mailed_page(struct mailed *m, enum mailed_step step, const char *heading, struct page *ret)
{
    str sealed;

    m->step = step;
    sealed = seal(m);
    if (sealed.n == 0 || !start_card(m, heading, ret)) {
        return false;
    }
    view_text(&ret->view, NULL, S("action"),
        str_from(step == MAILED_ASK ? m->kind->ask_path : m->kind->path));
    page_add_hidden(ret, S("state"), sealed);
    return true;
}

static enum err
show_json(struct mailed *m, int status, const char *captcha)
{
    struct rq *rq = m->rq;
    struct json_out out;
    struct buf buf;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("step"), mailed_step_name(m, m->step));
    json_put_str(&out, S("state"), seal(m));
    if (m->application != NULL) {
        json_put_str(&out, S("application"), m->application->name);
    }
    signin_write_captcha(m->tenant, captcha, &out);
    if (m->alert != NULL) {
        json_put_str(&out, S("error"), str_from(m->alert));
        json_put_str(&out, S("message"), page_text(rq->lang, str_from(m->alert)));
    }
    signin_write_faults(rq, &out);
    json_out_object_end(&out);
    return rq_answer_json(rq, status, &buf);
}

enum err
mailed_show(struct mailed *m, const struct page *page, const char *captcha)
{
    struct rq *rq = m->rq;

    if (rq_wants_json(rq)) {
        bool is_wrong = m->alert != NULL || rq->faults.count > 0;
        return show_json(m, is_wrong ? 400 : 200, captcha);
    }
    page_render(page, rq->arena, rq->answer);
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

static enum err
tell_json(struct mailed *m, const char *what)
{
    struct json_out out;
    struct buf buf;

    rq_json_out(m->rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("step"), str_fmt(m->rq->arena, "%s.%s", m->kind->name, what));
    json_put_given(&out, S("redirect"), mailed_onward(m));
    json_out_object_end(&out);
    return rq_answer_json(m->rq, 200, &buf);
}

enum err
mailed_go_on(struct mailed *m, const char *to)
{
    struct rq *rq = m->rq;
    str query = m->onward.request, lang = m->onward.lang;

    if (rq_wants_json(rq)) {
        return tell_json(m, to);
    }
    if (query.n == 0) {
        query = str_fmt(rq->arena, "tenantId=" STRF, STRV(uuid_text(rq->arena, m->tenant->id)));
    }
    return rq_redirect(rq, str_fmt(rq->arena, "%s/%s?" STRF "%s" STRF, m->kind->folder, to,
                               STRV(query), lang.n ? "&lang=" : "", STRV(lang)));
}

struct told {
    const char *what, *heading, *text,
        *link; /* keys of the catalogue; heading, text: this kind's */
};

static enum err
tell(struct rq *rq, const struct told *told)
{
    struct mailed m = {.rq = rq, .kind = rq->about};
    struct page page;
    enum err e = mailed_begin(&m);

    if (e != ERR_OK || rq_wants_json(rq)) {
        return e ? e : tell_json(&m, told->what);
    }
    if (!start_card(&m, told->heading, &page)) {
        return FAIL_SERVER(rq);
    }
    page_self(&page, rq->http->path, rq->http->query);
    page_add_paragraph(&page, mailed_text(&m, told->text));
    if (m.onward.request.n) {
        page_add_link(&page, page_text(rq->lang, str_from(told->link)), mailed_onward(&m), true);
    }
    page_render(&page, rq->arena, rq->answer);
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

enum err
mailed_sent(struct rq *rq)
{
    static const struct told sent = {"sent", "sent.title", "sent.text", "mailed.back"};

    return tell(rq, &sent);
}

enum err
mailed_complete(struct rq *rq)
{
    static const struct told complete = {
        "complete", "complete.title", "complete.text", "mailed.signin"};

    return tell(rq, &complete);
}
