/* SPDX-License-Identifier: Apache-2.0 */
/* /api/key/search: keys by name, algorithm and type, in FusionAuth's orders. A house has few keys, so
 * they are sorted in memory. */
#include "flow/api/api_endpoints.h"

#include <stdlib.h>

#include "flow/api/api_search.h"
#include "model/key/key.h"

/* clang-format off */
static const char *const algorithms[] = {
    "ES256", "ES384", "ES512", "Ed25519", "HS256", "HS384", "HS512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512", NULL,
};
static const char *const types[] = {"EC", "HMAC", "OKP", "RSA", NULL};
struct criteria {
    struct api_criteria base;
    int algorithm, type;
};
static const struct field criteria_fields[] = {
    API_CRITERIA_NAME,
    API_CRITERIA_FIELDS,
    {.name = "algorithm", .kind = FIELD_ENUM, .offset = FIELD_AT(struct criteria, algorithm), .default_int = -1, .more.names = algorithms},
    {.name = "type",      .kind = FIELD_ENUM, .offset = FIELD_AT(struct criteria, type),      .default_int = -1, .more.names = types},
};
const struct field_table api_key_criteria_table = FIELD_TABLE("KeySearchCriteria", criteria_fields, struct criteria, NULL);
/* clang-format on */

static bool
is_wanted(const struct criteria *criteria, const struct key *key)
{
    if (criteria->algorithm >= 0
        && sign_alg_by_name(str_from(algorithms[criteria->algorithm]))
               != sign_alg_by_name(key->algorithm)) {
        return false;
    }
    if (criteria->type >= 0 && !str_eq(key->type, str_from(types[criteria->type]))) {
        return false;
    }
    return criteria->base.name.n == 0 || api_name_matches(criteria->base.name, key->name);
}

static int
by_id(const struct key *a, const struct key *b)
{
    return uuid_cmp(a->id, b->id);
}

static int
by_algorithm(const struct key *a, const struct key *b)
{
    return str_cmp(a->algorithm, b->algorithm);
}

static int
by_expiration(const struct key *a, const struct key *b)
{
    return (a->expiration_instant > b->expiration_instant)
           - (a->expiration_instant < b->expiration_instant);
}

static int
by_instant(const struct key *a, const struct key *b)
{
    return (a->insert_instant > b->insert_instant) - (a->insert_instant < b->insert_instant);
}

static int
by_name(const struct key *a, const struct key *b)
{
    return str_cmp(a->name, b->name);
}

static int
by_type(const struct key *a, const struct key *b)
{
    return str_cmp(a->type, b->type);
}

typedef int key_order(const struct key *a, const struct key *b);
static const struct {
    const char *word;
    key_order *compare;
} orders[] = {
    {"name", by_name}, /* the first is the default */
    {"algorithm", by_algorithm},
    {"expiration", by_expiration},
    {"expirationInstant", by_expiration}, /* as the member is called */
    {"id", by_id},
    {"insertInstant", by_instant},
    {"type", by_type},
};

static bool
find_order(str words, key_order **ret, bool *ret_is_down)
{
    str word;

    *ret = orders[0].compare;
    *ret_is_down = false;
    words = str_trim(words);
    if (words.n == 0) {
        return true;
    }
    if (!str_cut(&words, ' ', &word)) {
        return false;
    }
    words = str_trim(words);
    *ret_is_down = str_ieq(words, S("DESC"));
    for (size_t i = 0; i < COUNT(orders); i++) {
        if (str_ieq(word, str_from(orders[i].word))) {
            *ret = orders[i].compare;
            return words.n == 0 || *ret_is_down || str_ieq(words, S("ASC"));
        }
    }
    return false;
}

struct sorting {
    key_order *compare;
    bool is_down;
};

static int
compare(const void *a, const void *b, void *ctx)
{
    const struct key *left = *(const struct key *const *)a, *right = *(const struct key *const *)b;
    const struct sorting *sorting = ctx;
    int order = sorting->compare(left, right);

    order = order ? order : by_id(left, right);
    return sorting->is_down ? -order : order;
}

static enum err
find(struct rq *rq, const struct criteria *criteria, const struct key ***ret, size_t *ret_count)
{
    struct uuid of = {{0}};
    size_t count, kept = 0;
    enum err e = api_is_bound(rq) ? api_tenant(rq) : ERR_OK;

    if (e == ERR_OK && api_is_bound(rq)) {
        of = rq->tenant->id;
    }
    e = e ? e : key_list(rq, of, ret, &count);
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        if (is_wanted(criteria, (*ret)[i])) {
            (*ret)[kept++] = (*ret)[i];
        }
    }
    *ret_count = kept;
    return e;
}

enum err
api_key_search(struct rq *rq)
{
    struct criteria criteria;
    struct sorting sorting;
    struct api_answer answer;
    const struct key **keys;
    size_t count, end;
    enum err e = api_criteria_read(rq, &api_key_criteria_table, &criteria);

    if (e == ERR_OK && !find_order(criteria.base.order_by, &sorting.compare, &sorting.is_down)) {
        e = api_refuse(rq, "search.orderBy", "invalid",
            "Order by algorithm, expiration, id, insertInstant, name or type, then ASC or DESC.");
    }
    e = e ? e : find(rq, &criteria, &keys, &count);
    if (e != ERR_OK) {
        return e;
    }
    qsort_r(keys, count, sizeof *keys, compare, &sorting);
    end = MIN(count, (size_t)criteria.base.start + (size_t)criteria.base.rows);
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("keys"));
    json_out_array(&answer.out);
    for (size_t i = (size_t)criteria.base.start; i < end; i++) {
        key_write(keys[i], &answer.out);
    }
    json_out_array_end(&answer.out);
    json_put_i64(&answer.out, S("total"), (int64_t)count);
    return api_answer_send(rq, &answer, 200);
}
