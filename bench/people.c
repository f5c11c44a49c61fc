/* SPDX-License-Identifier: Apache-2.0 */
/* Who the people are: names and addresses of short lists, numbered. */
#include "people.h"

#include <stdio.h>

#define FIRST_INSTANT_MS INT64_C(1735689600000) /* of tenant 0's id: 1 January 2025 */

static const char *const first_names[] = {"ada", "alan", "amina", "anders", "barbara", "bopha",
    "carlos", "chandra", "chenda", "dara", "donald", "edsger", "elena", "fatima", "frances",
    "grace", "haruki", "hedy", "ines", "ivan", "jean", "john", "katherine", "ken", "kunthea",
    "leslie", "lin", "margaret", "maria", "mei", "mohammed", "nadia", "niklaus", "olga", "omar",
    "pisey", "radia", "rithy", "rosa", "sokha", "sophie", "srey", "tim", "tony", "vannak", "vint",
    "whitfield", "yuki"};
static const char *const last_names[] = {"allen", "andersson", "babbage", "bartik", "chan", "cerf",
    "chea", "diaz", "dijkstra", "engelbart", "fernandez", "garcia", "goldberg", "hamilton", "heng",
    "hopper", "ivanova", "johnson", "kay", "khan", "kim", "knuth", "lamarr", "lamport", "liskov",
    "lovelace", "meas", "mueller", "nguyen", "okafor", "patel", "perlman", "ritchie", "rossi",
    "sato", "sim", "singh", "sok", "tanaka", "thompson", "turing", "vong", "wang", "wilson",
    "wirth", "yang", "zhang"};
static const char *const domains[] = {"example.com", "example.net", "example.org", "mail.example",
    "post.example", "students.example.edu"};

/* The finaliser of splitmix64. */
uint64_t
people_hash(uint64_t n)
{
    n += 0x9e3779b97f4a7c15u;
    n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9u;
    n = (n ^ (n >> 27)) * 0x94d049bb133111ebu;
    return n ^ (n >> 31);
}

int64_t
people_tenant(const struct people *people, int64_t person)
{
    int64_t first = people->users / 2, others = people->tenants - 1;

    if (person < first || others == 0) {
        return 0;
    }
    return 1 + (person - first) * others / (people->users - first);
}

static struct uuid
numbered_id(int64_t n, uint64_t kind)
{
    uint64_t ms = (uint64_t)(FIRST_INSTANT_MS + n * 1000);
    uint64_t noise = people_hash((uint64_t)n * 4 + kind);
    struct uuid id;

    for (int i = 0; i < 6; i++) {
        id.b[i] = (uint8_t)(ms >> (40 - 8 * i));
    }
    for (int i = 6; i < 14; i++) {
        id.b[i] = (uint8_t)(noise >> (8 * (i - 6)));
    }
    id.b[14] = (uint8_t)kind;
    id.b[15] = (uint8_t)n;
    id.b[6] = (uint8_t)(0x70 | (id.b[6] & 0x0f)); /* RFC 9562 s5.7 */
    id.b[8] = (uint8_t)(0x80 | (id.b[8] & 0x3f));
    return id;
}

struct uuid
people_tenant_id(int64_t tenant)
{
    return numbered_id(tenant, 1);
}

struct uuid
people_application_id(int64_t tenant)
{
    return numbered_id(tenant, 2);
}

static const char *
first_of(int64_t person)
{
    return first_names[people_hash((uint64_t)person) % COUNT(first_names)];
}

static const char *
last_of(int64_t person)
{
    return last_names[(people_hash((uint64_t)person) >> 20) % COUNT(last_names)];
}

str
people_email(int64_t person, char to[static PEOPLE_EMAIL_MAX])
{
    const char *domain = domains[(people_hash((uint64_t)person) >> 40) % COUNT(domains)];
    int n = snprintf(to, PEOPLE_EMAIL_MAX, "%s.%s%lld@%s", first_of(person), last_of(person),
        (long long)person, domain);

    return (str){to, (size_t)n};
}

str
people_first_name(int64_t person)
{
    return str_from(first_of(person));
}

str
people_last_name(int64_t person)
{
    return str_from(last_of(person));
}
