/* SPDX-License-Identifier: Apache-2.0 */
/* A registration completed (FusionAuth's completeRegistration): a registered person is asked for what the application requires of
 * new ones and is not known of them. Names, birth date and telephone number only: a login id is changed where it can be
 * verified. What is known already is neither shown nor changed. */
#include "flow/signin/signin_internal.h"
#include "model/event/event.h"

static bool
is_missing(
    const struct registration_config *config, const struct user *user, const struct signin_row *row)
{
    const struct requirable *asked = signin_asked(config, row);
    const str *value = (const str *)(const void *)((const char *)user + row->value_at);

    return asked->enabled && asked->required && value->n == 0;
}

bool
signin_is_incomplete(const struct authorization *a, const struct user *user)
{
    const struct registration_config *config = &a->application->registration;

    if (!config->completes || user_registration(user, a->application->id) == NULL) {
        return false;
    }
    for (size_t i = 0; i < SIGNIN_ROWS; i++) {
        if (is_missing(config, user, &signin_rows[i])) {
            return true;
        }
    }
    return false;
}

/* An app that draws its own is told what is missing as what is wrong with an empty form. */
static void
tell_missing(struct visit *visit)
{
    struct field_reader reader = {visit->rq->arena, &visit->rq->faults};
    const struct registration_config *config = &visit->a->application->registration;

    for (size_t i = 0; i < SIGNIN_ROWS; i++) {
        if (is_missing(config, visit->user, &signin_rows[i])) {
            field_fault(&reader, str_z(visit->rq->arena, page_field_name(signin_rows[i].field)),
                "blank", "Fill this in.");
        }
    }
}

static enum err
render(struct visit *visit)
{
    const struct registration_config *config = &visit->a->application->registration;
    struct rq *rq = visit->rq;
    struct page page;

    if (!signin_is_same_person(visit)) {
        return signin_begin_again(visit); /* whoever posts this step without having come to it */
    }
    if (!signin_page(visit, PAGE_CARD, &signin_complete, &page)) {
        return FAIL_SERVER(rq);
    }
    view_text(&page.view, NULL, S("heading"), page_text(rq->lang, S("complete.title")));
    page_add_paragraph(&page,
        page_text_fmt(rq->arena, rq->lang, S("complete.text"), &visit->a->application->name, 1));
    for (size_t i = 0; i < SIGNIN_ROWS; i++) {
        if (is_missing(config, visit->user, &signin_rows[i])) {
            signin_add_field(visit, &page, signin_rows[i].field, true);
        }
    }
    page_add_button(
        &page, page_text(rq->lang, S("complete.submit")), S("answer"), S("complete"), true);
    if (rq_wants_json(rq) && rq->faults.count == 0) {
        tell_missing(visit);
    }
    return signin_show(visit, &signin_complete, &page);
}

/* Only what is missing is read, by the same table as the API's. */
static bool
read_missing(struct visit *visit, struct user *ret)
{
    const struct registration_config *config = &visit->a->application->registration;
    struct field_reader reader = {visit->rq->arena, &visit->rq->faults};
    const struct json *json;
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(visit->rq, &buf, &out);
    json_out_object(&out);
    for (size_t i = 0; i < SIGNIN_ROWS; i++) {
        if (is_missing(config, visit->user, &signin_rows[i])) {
            signin_put_field(visit, &reader, signin_rows[i].field, true, &out);
        }
    }
    json_out_object_end(&out);
    *ret = *visit->user;
    return buf_done(&buf, &text) && json_parse(visit->rq->arena, text, &json, NULL)
           && field_read(&reader, &user_table, FIELD_PATCH, json, S("user"), ret)
           && visit->rq->faults.count == 0;
}

static enum err
submit(struct visit *visit)
{
    struct event event = {"user.update", visit->a->user_id, visit->a->application->id, NO_STR};
    struct rq *rq = visit->rq;
    struct user *after = ARENA_NEW(rq->arena, struct user);
    enum err e;

    if (after == NULL || !signin_is_same_person(visit)) {
        return after ? signin_begin_again(visit) : FAIL_SERVER(rq);
    }
    if (!signin_is_incomplete(visit->a, visit->user)) {
        return signin_continue(visit); /* meanwhile somebody else filled it in */
    }
    if (!read_missing(visit, after)) {
        visit->alert = rq_wants_json(rq) ? "alert.fields" : NULL;
        return arena_failed(rq->arena) ? FAIL_SERVER(rq) : render(visit);
    }
    user_settle(rq->arena, after);
    e = user_update(rq, visit->a->tenant, visit->user, after);
    e = e ? e : event_add(rq, visit->a->tenant, &event);
    visit->user = after;
    return e ? e : signin_continue(visit);
}

const struct signin_step signin_complete = {"complete", render, submit};
