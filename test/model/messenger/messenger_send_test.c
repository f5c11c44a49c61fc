/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of messengers, and what their answers mean. */
#define UNIT messenger_send
#include "../fixture.h"

#include "model/messenger/messenger_send.c"

static const struct messenger_text hello = {.id = {{1}},
    .user_id = {{2}},
    .phone = S_INIT("+13035551212"),
    .text = S_INIT("a&b=\"c\"\n<d>")};
static str sms[] = {S_INIT("SMS")};

TEST(what_is_wrong_with_a_message_is_final_and_what_can_be_mended_is_not)
{
    static const struct {
        int line, status;
        enum messenger_verdict verdict;
    } cases[] = {
        {__LINE__, 100, MESSENGER_FAILED},
        {__LINE__, 200, MESSENGER_SENT},
        {__LINE__, 201, MESSENGER_SENT},
        {__LINE__, 299, MESSENGER_SENT},
        {__LINE__, 302, MESSENGER_FAILED},
        {__LINE__, 400, MESSENGER_REFUSED},
        {__LINE__, 401, MESSENGER_FAILED},
        {__LINE__, 404, MESSENGER_FAILED},
        {__LINE__, 422, MESSENGER_REFUSED},
        {__LINE__, 429, MESSENGER_FAILED},
        {__LINE__, 500, MESSENGER_FAILED},
        {__LINE__, 503, MESSENGER_FAILED},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(cases[i].line, verdict_of(cases[i].status) == cases[i].verdict);
    }
}

TEST(texts_stay_texts_in_json_in_a_form_and_in_twiml)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    const struct messenger generic = {.type = MESSENGER_GENERIC, .url = S("https://m.example/")};
    const struct messenger twilio = {.type = MESSENGER_TWILIO,
        .url = S("https://api.twilio.com"),
        .account_sid = S("AC/../1"),
        .from_phone = S("+1")};
    struct messenger_text call = hello;
    struct fetch_request request = {.method = S("POST")};
    const struct json *json;
    struct form form;
    str text;

    REQUIRE(generic_request(rq, &generic, &hello, &request));
    REQUIRE(json_parse(rq->arena, request.body, &json, NULL));
    EXPECT(json_str(json_get(json, S("textMessage")), &text) && str_eq(text, hello.text));
    EXPECT(json_get(json, S("code")) == NULL && json_get(json, S("message")) == NULL);
    REQUIRE(twilio_request(rq, &twilio, &hello, &request));
    EXPECT_STR(
        request.url, S("https://api.twilio.com/2010-04-01/Accounts/AC%2F..%2F1/Messages.json"));
    REQUIRE(form_parse(rq->arena, request.body, &form) && form.count == 3);
    EXPECT_STR(form_get(&form, S("Body")), hello.text);
    EXPECT_STR(form_get(&form, S("To")), hello.phone);
    call.is_voice = true;
    REQUIRE(twilio_request(rq, &twilio, &call, &request));
    REQUIRE(form_parse(rq->arena, request.body, &form));
    EXPECT_STR(
        form_get(&form, S("Twiml")), S("<Response><Say>a&amp;b=\"c\"\n&lt;d&gt;</Say></Response>"));
    fixture_done(rq);
    fixture_close(fx);
}

TEST(nothing_is_asked_of_a_messenger_that_does_not_carry_it)
{
    const struct {
        int line;
        enum messenger_type type;
        size_t types;
        bool is_voice, is_carried;
    } cases[] = {
        {__LINE__, MESSENGER_GENERIC, 1, false, true},
        {__LINE__, MESSENGER_GENERIC, 0, false, false},
        {__LINE__, MESSENGER_GENERIC, 1, true, false},
        {__LINE__, MESSENGER_KAFKA, 1, false, false},
        {__LINE__, MESSENGER_TWILIO, 1, false, true},
    };
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq = fixture_rq(fx);
        const struct messenger m = {
            .type = (int)cases[i].type, .message_types = {sms, cases[i].types}};
        struct messenger_text text = hello;
        str what;

        text.is_voice = cases[i].is_voice;
        CHECK_AT(cases[i].line, (why_not(&m, &text) == NULL) == cases[i].is_carried);
        if (!cases[i].is_carried) {
            CHECK_AT(cases[i].line, messenger_send(rq, &m, &text, &what) == MESSENGER_REFUSED);
            CHECK_AT(cases[i].line, str_find_str(what, hello.phone) == what.n);
        }
        fixture_done(rq);
    }
    fixture_close(fx);
}
