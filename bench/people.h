/* SPDX-License-Identifier: Apache-2.0 */
/* People and tenants by number: the generator makes them and the load generator asks for them, and
 * both know what the others are called without a list. Tenant 0 has half of all people, the others
 * share the rest evenly; who has a higher number came later. */
#pragma once
#include "base/id.h"

struct people {
    int64_t users, tenants;
};

enum { PEOPLE_EMAIL_MAX = 64 };
#define PEOPLE_PASSWORD S("correct horse battery")
#define PEOPLE_SECRET S("a-client-secret-of-more-than-32-characters")

/* A number that looks random and always is the same for n. */
uint64_t people_hash(uint64_t n);
int64_t people_tenant(const struct people *people, int64_t person);
/* Ids of a tenant and of its one application: version 7, in the order of the tenants. */
struct uuid people_tenant_id(int64_t tenant);
struct uuid people_application_id(int64_t tenant);
str people_email(int64_t person, char to[static PEOPLE_EMAIL_MAX]);
str people_first_name(int64_t person);
str people_last_name(int64_t person);
