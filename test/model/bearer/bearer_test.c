/* SPDX-License-Identifier: Apache-2.0 */
/* Bearer secrets: their text is taken as made and in no other form. */
#define UNIT bearer
#include "../fixture.h"

#include "model/bearer/bearer.h"

TEST(a_secret_proves_itself)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct uuid id = fixture_id(fx), got;
    struct digest made, other, read;
    str text = bearer_make(rq, id, &made), second = bearer_make(rq, id, &other);

    EXPECT(text.n == 64 && !str_eq(text, second));
    REQUIRE(bearer_read(rq, text, &got, &read));
    EXPECT(uuid_eq(got, id));
    EXPECT(bearer_is(&read, digest_bytes(&made)));
    EXPECT(!bearer_is(&read, digest_bytes(&other)));
    EXPECT(!bearer_is(&read, (bytes){made.b, 31}));
    EXPECT(!bearer_is(&read, (bytes){NULL, 0}));
    fixture_done(rq);
    fixture_close(fx);
}

/* CV-38: no prefix, no suffix, no other spelling. */
TEST(every_other_text_is_refused)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct uuid id;
    struct digest digest;
    char text[80];
    str made = bearer_make(rq, fixture_id(fx), &digest);

    for (size_t n = 0; n < made.n; n++) {
        EXPECT(!bearer_read(rq, str_head(made, n), &id, &digest));
        EXPECT(n == 0 || !bearer_read(rq, str_skip(made, n), &id, &digest));
    }
    memcpy(text, made.p, made.n);
    text[made.n] = 'A';
    EXPECT(!bearer_read(rq, (str){text, made.n + 1}, &id, &digest));
    for (const char *c = "=+/ \n\t%."; *c; c++) {
        text[10] = *c;
        EXPECT(!bearer_read(rq, (str){text, made.n}, &id, &digest));
    }
    EXPECT(!bearer_read(rq, NO_STR, &id, &digest));
    fixture_done(rq);
    fixture_close(fx);
}

TEST(a_changed_character_is_another_secret_or_another_id)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct uuid id = fixture_id(fx), got;
    struct digest made, read;
    char text[64];
    str whole = bearer_make(rq, id, &made);

    for (size_t i = 0; i < whole.n; i++) {
        memcpy(text, whole.p, sizeof text);
        text[i] = text[i] == 'A' ? 'B' : 'A';
        EXPECT(bearer_read(rq, (str){text, sizeof text}, &got, &read));
        EXPECT(!uuid_eq(got, id) || !bearer_is(&read, digest_bytes(&made)));
    }
    fixture_done(rq);
    fixture_close(fx);
}
