/* SPDX-License-Identifier: Apache-2.0 */
/* One message through a messenger: FusionAuth's JSON to a Generic one, Twilio's REST API (Messages.json, Calls.json).
 * Deviations: http goes to private addresses only; a Generic request has an Idempotency-Key, because a message whose
 * sending could not be noted is sent again; nothing is sent by Kafka. */
#include "codec/base64.h"
#include "codec/form.h"
#include "io/fetch/fetch.h"
#include "model/messagetemplate/messagetemplate.h"
#include "model/messenger/messenger.h"
#include "model/rq/rq.h"

enum {
    ANSWER_BYTES = KB(64),
    BODY_BYTES = KB(256),
    TWILIO_MS = 15000,
    LONGEST_MS = 30000 /* others wait meanwhile, and so does who stops the server */
};

static str
basic(struct arena *arena, str name, str password)
{
    const str parts[] = {name, S(":"), password};
    str pair = str_join(arena, parts, COUNT(parts), NO_STR);

    return str_fmt(arena, "Basic " STRF, STRV(base64_text(arena, str_bytes(pair))));
}

/* -- Generic -- */

static str
generic_body(struct rq *rq, const struct messenger_text *text)
{
    struct json_out out;
    struct buf buf;
    str body;

    buf_init(&buf, rq->arena, BODY_BYTES);
    json_out_init(&out, &buf);
    json_out_object(&out);
    json_put_given(&out, S("code"), text->code);
    json_put_str(&out, S("phoneNumber"), text->phone);
    json_put_str(&out, text->is_voice ? S("message") : S("textMessage"), text->text);
    json_put_str(&out, S("type"), str_from(message_types[text->is_voice]));
    json_put_given_id(&out, S("userId"), text->user_id);
    json_out_object_end(&out);
    return buf_done(&buf, &body) ? body : NO_STR;
}

/* The messenger's own, and a name for this message. */
static bool
add_headers(struct rq *rq, const struct messenger *messenger, const struct messenger_text *text,
    struct fetch_request *request)
{
    const struct json *headers = NULL;
    struct fetch_header *list;
    size_t count = 0;

    if (messenger->headers.n && !json_parse(rq->arena, messenger->headers, &headers, NULL)) {
        return false;
    }
    for (const struct json *m = headers ? headers->first : NULL; m != NULL; m = m->next) {
        count++;
    }
    list = ARENA_ARRAY(rq->arena, count + 1, struct fetch_header);
    if (list == NULL) {
        return false;
    }
    count = 0;
    for (const struct json *m = headers ? headers->first : NULL; m != NULL; m = m->next) {
        list[count].name = m->name;
        count += json_str(m, &list[count].value);
    }
    list[count++] = (struct fetch_header){S("Idempotency-Key"),
        str_fmt(rq->arena, "\"" STRF "\"", STRV(uuid_text(rq->arena, text->id)))};
    request->headers = list;
    request->header_count = count;
    return true;
}

static bool
generic_request(struct rq *rq, const struct messenger *messenger, const struct messenger_text *text,
    struct fetch_request *request)
{
    int64_t in_all = messenger->connect_timeout_ms + messenger->read_timeout_ms;

    request->url = messenger->url;
    request->content_type = S("application/json");
    request->ca_pem = messenger->certificate;
    request->connect_timeout_ms = (int)messenger->connect_timeout_ms;
    request->timeout_ms = (int)MIN(in_all, (int64_t)LONGEST_MS);
    if (messenger->username.n) {
        request->authorization = basic(rq->arena, messenger->username, messenger->password);
    }
    request->body = generic_body(rq, text);
    return request->body.n && add_headers(rq, messenger, text, request);
}

/* -- Twilio -- */

/* What is said, as TwiML: a document of its own, so its text is escaped. */
static str
twiml(struct rq *rq, str text)
{
    static const char *const names[] = {['<'] = "&lt;", ['>'] = "&gt;", ['&'] = "&amp;"};
    struct buf buf;
    str made;

    buf_init(&buf, rq->arena, BODY_BYTES);
    buf_lit(&buf, "<Response><Say>");
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c < COUNT(names) && names[c] != NULL) {
            buf_str(&buf, str_from(names[c]));
        } else {
            buf_char(&buf, text.p[i]);
        }
    }
    buf_lit(&buf, "</Say></Response>");
    return buf_done(&buf, &made) ? made : NO_STR;
}

static bool
twilio_request(struct rq *rq, const struct messenger *messenger, const struct messenger_text *text,
    struct fetch_request *request)
{
    bool is_by_service = messenger->service_sid.n && !text->is_voice;
    struct form_pair pairs[] = {
        {S("To"), text->phone},
        {S("From"), messenger->from_phone},
        {S("Body"), text->text},
        {S("MessagingServiceSid"), messenger->service_sid},
    };
    struct form form = {pairs, is_by_service ? 4 : 3};
    str base = messenger->url;
    struct buf buf;

    if (text->is_voice) {
        pairs[2] = (struct form_pair){S("Twiml"), twiml(rq, text->text)};
    } else if (messenger->from_phone.n == 0) {
        pairs[1] = pairs[3]; /* the service has numbers of its own */
        form.count = 3;
    }
    if (base.n && base.p[base.n - 1] == '/') {
        base.n--;
    }
    buf_init(&buf, rq->arena, BODY_BYTES);
    buf_str(&buf, base);
    buf_lit(&buf, "/2010-04-01/Accounts/");
    form_encode_value(&buf, messenger->account_sid);
    buf_str(&buf, text->is_voice ? S("/Calls.json") : S("/Messages.json"));
    if (!buf_done(&buf, &request->url)) {
        return false;
    }
    buf_init(&buf, rq->arena, BODY_BYTES);
    form_encode(&buf, &form);
    request->content_type = S("application/x-www-form-urlencoded");
    request->authorization = basic(rq->arena, messenger->account_sid, messenger->auth_token);
    request->timeout_ms = TWILIO_MS;
    return buf_done(&buf, &request->body);
}

/* -- both -- */

/* Refused for good is what this message will always be; settings can be mended, and too many is a matter of time. */
static enum messenger_verdict
verdict_of(int status)
{
    static const int mended[] = {401, 403, 404, 407, 408, 421, 425, 429};

    if (status >= 200 && status <= 299) {
        return MESSENGER_SENT;
    }
    for (size_t i = 0; i < COUNT(mended); i++) {
        if (status == mended[i]) {
            return MESSENGER_FAILED;
        }
    }
    return status >= 400 && status <= 499 ? MESSENGER_REFUSED : MESSENGER_FAILED;
}

/* Of what an answer says only Twilio's number of the error is told: texts repeat telephone numbers. */
static str
told(struct rq *rq, const struct messenger *messenger, const struct fetch_answer *answer)
{
    static const char *const why[] = {
        [FETCH_REFUSED] = "is not at an address that this server connects to",
        [FETCH_FAILED] = "could not be reached",
        [FETCH_TOO_LARGE] = "answered too much",
        [FETCH_TIMEOUT] = "gave no answer in time",
    };
    const struct json *json;
    int64_t code;

    if (answer->verdict != FETCH_OK) {
        return str_from(why[answer->verdict]);
    }
    if (messenger->type == MESSENGER_TWILIO && json_parse(rq->arena, answer->body, &json, NULL)
        && json_i64(json_get(json, S("code")), &code)) {
        return str_fmt(rq->arena, "answered %d (error %lld)", answer->status, (long long)code);
    }
    return str_fmt(rq->arena, "answered %d", answer->status);
}

/* Empty: it does. */
static const char *
why_not(const struct messenger *messenger, const struct messenger_text *text)
{
    str type = str_from(message_types[text->is_voice]);
    bool is_among = false;

    for (size_t i = 0; i < messenger->message_types.count; i++) {
        is_among |= str_eq(messenger->message_types.items[i], type);
    }
    if (!is_among) {
        return "does not take messages of this type";
    }
    if (messenger->type == MESSENGER_KAFKA) {
        return "is of type Kafka, by which nothing is sent here";
    }
    return messenger->type == MESSENGER_TWILIO && text->is_voice && messenger->from_phone.n == 0
               ? "has no telephone number to call from"
               : NULL;
}

enum messenger_verdict
messenger_send(struct rq *rq, const struct messenger *messenger, const struct messenger_text *text,
    str *ret_what)
{
    struct fetch_request request = {
        .method = S("POST"), .max_bytes = ANSWER_BYTES, .may_use_http_inside = true};
    const char *why = why_not(messenger, text);
    struct fetch_answer answer;

    arena_keep_secret(rq->arena);
    if (why != NULL) {
        *ret_what = str_from(why);
        return MESSENGER_REFUSED;
    }
    if (!(messenger->type == MESSENGER_TWILIO ? twilio_request : generic_request)(
            rq, messenger, text, &request)) {
        *ret_what = S("could not be asked: the message is too long");
        return MESSENGER_REFUSED;
    }
    answer = fetch_wait(rq->house->fetch, rq->arena, &request);
    *ret_what = told(rq, messenger, &answer);
    return answer.verdict == FETCH_OK ? verdict_of(answer.status) : MESSENGER_FAILED;
}
