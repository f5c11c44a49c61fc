/* SPDX-License-Identifier: Apache-2.0 */
/* From which age on somebody consents alone. */
#define UNIT agreement
#include "../fixture.h"

#include "model/agreement/agreement.h"

TEST(the_first_language_that_has_an_age_decides)
{
    static str german[] = {S_INIT("fr"), S_INIT("de_DE"), S_INIT("en")};
    static str austrian[] = {S_INIT("de_AT")}, plain[] = {S_INIT("de")}, english[] = {S_INIT("en")};
    static const struct {
        int line;
        str *languages;
        size_t count;
        const char *ages;
        int64_t age;
    } cases[] = {
        {__LINE__, german, 3, "{\"DE\":16}", 16},
        {__LINE__, german, 3, "{\"de\":15,\"DE\":16}", 16},
        {__LINE__, german, 3, "{\"de_DE\":17,\"DE\":16}", 17},
        {__LINE__, austrian, 1, "{\"de\":15,\"DE\":16}", 15},
        {__LINE__, austrian, 1, "{\"AT\":14}", 14},
        {__LINE__, plain, 1, "{\"de\":15}", 15},
        {__LINE__, plain, 1, "{\"DE\":16}", 13},
        {__LINE__, english, 1, "{\"de\":15}", 13},
        {__LINE__, english, 1, "", 13},
        {__LINE__, NULL, 0, "{\"de\":15}", 13},
    };
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct agreement agreement = {.minimum_age = 13, .country_ages = str_from(cases[i].ages)};
        struct user user = {.languages = {cases[i].languages, cases[i].count}};
        CHECK_AT(cases[i].line, agreement_age(rq, &agreement, &user) == cases[i].age);
    }
    fixture_done(rq);
    fixture_close(fx);
}
