/* SPDX-License-Identifier: Apache-2.0 */
/* Which language a page is in: RFC 4647 s3.4 lookup over the few languages we have, so a tag counts by its
 * primary subtag; weights as RFC 9110 s12.4.2 writes them. */
#include "model/page/page_internal.h"

enum { MAX_RANGES = 32, MAX_WEIGHT = 1000 };

/* The language we have for a tag such as "ar-EG" or "en_US"; empty if none. */
static str
match(str tag)
{
    str primary = str_head(tag, MIN(str_find(tag, '-'), str_find(tag, '_')));

    for (size_t i = 0; i < PAGE_LANGUAGES; i++) {
        if (str_ieq(primary, page_languages[i])) {
            return page_languages[i];
        }
    }
    return NO_STR;
}

static str
match_list(str tags)
{
    str tag;

    for (int i = 0; i < MAX_RANGES && str_cut(&tags, ' ', &tag); i++) {
        str found = match(tag);
        if (found.n) {
            return found;
        }
    }
    return NO_STR;
}

/* weight = OWS ";" OWS "q=" ( "0" [ "." 0*3DIGIT ] / "1" [ "." 0*3"0" ] ) ; in thousandths, 0 if malformed */
static int
weight_of(str parameter)
{
    int weight, unit = MAX_WEIGHT / 10;

    parameter = str_trim(parameter);
    if (parameter.n == 0) {
        return MAX_WEIGHT;
    }
    if (parameter.n < 3 || parameter.n > 7 || !str_ieq(str_head(parameter, 2), S("q="))
        || (parameter.p[2] != '0' && parameter.p[2] != '1')
        || (parameter.n > 3 && parameter.p[3] != '.')) {
        return 0;
    }
    weight = (parameter.p[2] - '0') * MAX_WEIGHT;
    for (size_t i = 4; i < parameter.n; i++, unit /= 10) {
        if (parameter.p[i] < '0' || parameter.p[i] > '9') {
            return 0;
        }
        weight += (parameter.p[i] - '0') * unit;
    }
    return weight <= MAX_WEIGHT ? weight : 0;
}

/* Accept-Language = [ language-range [ weight ] *( OWS "," OWS language-range [ weight ] ) ] */
static str
match_header(str header)
{
    str part, best = NO_STR;
    int best_weight = 0;

    for (int i = 0; i < MAX_RANGES && str_cut(&header, ',', &part); i++) {
        size_t at = str_find(part, ';');
        int weight = weight_of(str_skip(part, at + 1));
        str found = match(str_trim(str_head(part, at)));
        if (found.n && weight > best_weight) {
            best = found;
            best_weight = weight;
        }
    }
    return best;
}

str
page_lang_or(str ui_locales, str chosen, str accept_language, str tenant_default)
{
    str found = match(chosen);

    found = found.n ? found : match_list(ui_locales);
    found = found.n ? found : match_header(accept_language);
    found = found.n ? found : match(tenant_default);
    return found.n ? found : page_languages[0];
}

str
page_lang(str ui_locales, str chosen, str accept_language)
{
    return page_lang_or(ui_locales, chosen, accept_language, NO_STR);
}
