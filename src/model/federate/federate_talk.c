/* SPDX-License-Identifier: Apache-2.0 */
/* One question to a provider, and what came of it, noted for whoever sets the provider up. */
#include "codec/json.h"
#include "codec/url.h"
#include "io/fetch/fetch.h"
#include "model/federate/federate_internal.h"
#include "model/rq/rq.h"

/* Notes a step; false when it went wrong, for the caller to return. */
bool
federate_step(struct federate_talk *talk, const char *title, bool is_right, str detail)
{
    struct federate_trace *trace = talk->trace;

    if (trace->count < COUNT(trace->steps)) {
        trace->steps[trace->count++] = (struct federate_step){title, detail, is_right};
    }
    return is_right;
}

bool
federate_fail(
    struct federate_talk *talk, enum federate_reach reach, const char *title, const char *detail)
{
    talk->trace->reach = reach;
    return federate_step(talk, title, false, str_from(detail));
}

static bool
is_of_this_machine(str text)
{
    struct url url;

    return url_parse(text, &url) && (url_is_loopback(&url) || str_ieq(url.host, S("localhost")));
}

bool
federate_ask_text(
    struct federate_talk *talk, const char *title, struct fetch_request *request, str *ret)
{
    static const char *const why[] = {
        [FETCH_OK] = "",
        [FETCH_REFUSED] = "The address is not one that this server connects to.",
        [FETCH_FAILED] = "No connection could be made.",
        [FETCH_TOO_LARGE] = "The answer is too large.",
        [FETCH_TIMEOUT] = "No answer came in time.",
    };
    struct fetch_answer answer;

    request->may_use_http = is_of_this_machine(request->url);
    request->max_bytes = KB(256);
    answer = fetch_wait(talk->rq->house->fetch, talk->rq->arena, request);
    if (answer.verdict != FETCH_OK) {
        return federate_fail(talk, FEDERATE_UNREACHABLE, title, why[answer.verdict]);
    }
    if (answer.status >= 500) {
        return federate_fail(
            talk, FEDERATE_UNREACHABLE, title, "The provider answered that it failed.");
    }
    if (answer.status < 200 || answer.status > 299) {
        return federate_fail(talk, FEDERATE_REFUSED, title, "The provider refused the request.");
    }
    *ret = answer.body;
    return true;
}

bool
federate_ask(struct federate_talk *talk, const char *title, struct fetch_request *request,
    const struct json **ret)
{
    str body;

    if (!federate_ask_text(talk, title, request, &body)) {
        return false;
    }
    if (!json_parse(talk->rq->arena, body, ret, NULL) || (*ret)->type != JSON_OBJECT) {
        return federate_fail(talk, FEDERATE_REFUSED, title, "The answer is no JSON object.");
    }
    return federate_step(talk, title, true, NO_STR);
}

str
federate_text(const struct json *v, str name)
{
    str text;

    return json_str(json_get(v, name), &text) ? text : NO_STR;
}
