/* SPDX-License-Identifier: Apache-2.0 */
/* The table of IP access control lists, and what a list says of an address.
 *
 * FusionAuth's ranges are IPv4; ours may be IPv6, too. An IPv4 address that came as IPv6 (::ffff:192.0.2.1) is
 * the IPv4 one. Of ranges that overlap the first decides. */
#include "model/ipacl/ipacl.h"

#include <arpa/inet.h>

#include "base/arena.h"
#include "model/cache/cache.h"
#include "model/rq/rq.h"

enum { ADDRESS_BYTES = 16, ADDRESS_TEXT = 48 };

/* All as IPv6, IPv4 mapped into it (RFC 4291 s2.5.5.2), so that one order serves both. */
static bool
read_address(str text, uint8_t ret[static ADDRESS_BYTES])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    char z[ADDRESS_TEXT];

    if (text.n == 0 || text.n >= sizeof z || memchr(text.p, 0, text.n) != NULL) {
        return false;
    }
    memcpy(z, text.p, text.n);
    z[text.n] = '\0';
    memcpy(ret, mapped, sizeof mapped);
    return inet_pton(AF_INET, z, ret + sizeof mapped) == 1 || inet_pton(AF_INET6, z, ret) == 1;
}

static int
order(const uint8_t a[static ADDRESS_BYTES], const uint8_t b[static ADDRESS_BYTES])
{
    return str_cmp((str){(const char *)a, ADDRESS_BYTES}, (str){(const char *)b, ADDRESS_BYTES});
}

static bool
is_default(const struct ipacl_entry *entry)
{
    return str_eq(entry->start, S("*"));
}

static void
check_entry(struct field_check *check)
{
    const struct ipacl_entry *entry = check->object;
    uint8_t start[ADDRESS_BYTES], end[ADDRESS_BYTES];
    bool has_start, has_end;

    if (is_default(entry)) {
        return;
    }
    has_start = read_address(entry->start, start);
    has_end = read_address(entry->end, end);
    if (!has_start) {
        field_check_fault(
            check, "startIPAddress", "invalid", "Give an IP address, such as 192.0.2.1, or *.");
    }
    if (!has_end) {
        field_check_fault(check, "endIPAddress", entry->end.n ? "invalid" : "blank",
            "Give the last IP address of the range: for one address, the same as the first.");
    }
    if (has_start && has_end && order(start, end) > 0) {
        field_check_fault(check, "endIPAddress", "invalid",
            "The last address of a range must not come before the first.");
    }
}

static void
check_entries(struct field_check *check)
{
    const struct ipacl *list = check->object;
    const struct ipacl_entry *entries = list->entries.items;
    size_t defaults = 0;

    for (size_t i = 0; i < list->entries.count; i++) {
        defaults += is_default(&entries[i]);
    }
    if (defaults != 1) {
        field_check_fault(check, "entries", defaults ? "duplicate" : "missing",
            "Exactly one entry must start at *: it says what holds for all other addresses.");
    }
}

/* clang-format off */
static const char *const actions[] = {"Allow", "Block", NULL};

#define E(member) FIELD_AT(struct ipacl_entry, member)
static const struct field entry_fields[] = {
    {.name = "action",         .kind = FIELD_ENUM, .offset = E(action), .flags = FIELD_REQUIRED, .default_int = -1, .more.names = actions},
    {.name = "startIPAddress", .kind = FIELD_TEXT, .offset = E(start), .flags = FIELD_REQUIRED, .max = ADDRESS_TEXT},
    {.name = "endIPAddress",   .kind = FIELD_TEXT, .offset = E(end), .max = ADDRESS_TEXT},
};
static const struct field_table entry_table = FIELD_TABLE("IPAccessControlEntry", entry_fields, struct ipacl_entry, check_entry);

#define L(member) FIELD_AT(struct ipacl, member)
static const struct field fields[] = {
    RECORD_ID_FIELD,
    {.name = "name",              .kind = FIELD_TEXT,    .offset = L(name), .flags = FIELD_REQUIRED, .max = 191},
    {.name = "data",              .kind = FIELD_JSON,    .offset = L(data)},
    {.name = "entries",           .kind = FIELD_OBJECTS, .offset = L(entries), .flags = FIELD_REQUIRED, .more.table = &entry_table},
    RECORD_INSTANT_FIELDS,
};
static const struct field_table table = FIELD_TABLE("IPAccessControlList", fields, struct ipacl, check_entries);
/* clang-format on */

const struct record_kind ipacl_kind = {
    .number = RECORD_IP_ACL,
    .name = "ipAccessControlList",
    .table = &table,
    .name_at = L(name),
    .is_name_unique = true,
};

static bool
holds(const struct ipacl_entry *entry, const uint8_t address[static ADDRESS_BYTES])
{
    uint8_t start[ADDRESS_BYTES], end[ADDRESS_BYTES];

    return read_address(entry->start, start) && read_address(entry->end, end)
           && order(start, address) <= 0 && order(address, end) <= 0;
}

bool
ipacl_lets_in(const struct ipacl *list, str text)
{
    const struct ipacl_entry *entries = list->entries.items;
    uint8_t address[ADDRESS_BYTES];
    bool is_let_in = false;

    if (!read_address(text, address)) {
        return false;
    }
    for (size_t i = 0; i < list->entries.count; i++) {
        if (is_default(&entries[i])) {
            is_let_in = entries[i].action == IPACL_ALLOW;
        } else if (holds(&entries[i], address)) {
            return entries[i].action == IPACL_ALLOW;
        }
    }
    return is_let_in;
}

/* A copy on the cache's arena: entries and their addresses are all that is asked for. */
static enum err
build(struct rq *rq, struct uuid id, struct arena *arena, void **ret)
{
    const struct ipacl *from;
    struct ipacl *list;
    struct ipacl_entry *entries;
    void *thing;
    enum err e = record_load(rq, &ipacl_kind, id, &thing);

    if (e != ERR_OK || thing == NULL) {
        return e;
    }
    from = thing;
    list = ARENA_NEW(arena, struct ipacl);
    entries = ARENA_ARRAY(arena, from->entries.count, struct ipacl_entry);
    if (list == NULL || entries == NULL) {
        return FAIL_SERVER(rq);
    }
    memcpy(entries, from->entries.items, from->entries.count * sizeof *entries);
    for (size_t i = 0; i < from->entries.count; i++) {
        entries[i].start = str_dup(arena, entries[i].start);
        entries[i].end = str_dup(arena, entries[i].end);
    }
    list->entries = (struct field_list){entries, from->entries.count};
    *ret = list;
    return arena_failed(arena) ? FAIL_SERVER(rq) : ERR_OK;
}

enum err
ipacl_judge(struct rq *rq, struct uuid id, bool *ret_is_let_in)
{
    const void *list = NULL;
    enum err e = ERR_OK;

    *ret_is_let_in = uuid_is_nil(id);
    if (!uuid_is_nil(id)) {
        e = cache_get(rq, CACHE_IP_ACL, id, build, NULL, &list);
    }
    if (e == ERR_OK && list != NULL) {
        *ret_is_let_in = ipacl_lets_in(list, rq->http->peer);
    }
    return e;
}

void
ipacl_drop(struct rq *rq, struct uuid id)
{
    cache_drop_on_commit(rq, CACHE_IP_ACL, id);
}
