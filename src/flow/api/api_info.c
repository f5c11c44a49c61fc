/* SPDX-License-Identifier: Apache-2.0 */
/* eventInfo. A server that asks in the name of a browser says here whose it is: login records, grants and audit entries then
 * name that address and device, not the server's. */
#include "flow/api/api_info.h"

#include "flow/api/api_login.h"

enum { ADDRESS_MIN = 2, ADDRESS_MAX = 45 };

/* clang-format off */
#define I(member) FIELD_AT(struct rq_info, member)
static const struct field info_fields[] = {
    {.name = "data",              .kind = FIELD_JSON, .offset = I(data),               .flags = FIELD_PERSONAL, .max = 4096},
    {.name = "deviceDescription", .kind = FIELD_TEXT, .offset = I(device_description), .flags = FIELD_PERSONAL},
    {.name = "deviceName",        .kind = FIELD_TEXT, .offset = I(device_name),        .flags = FIELD_PERSONAL},
    {.name = "deviceType",        .kind = FIELD_TEXT, .offset = I(device_type),        .flags = FIELD_PERSONAL},
    {.name = "ipAddress",         .kind = FIELD_TEXT, .offset = I(address),            .flags = FIELD_PERSONAL, .min = 2, .max = 45, .rule = api_info_check_address},
    {.name = "location",          .kind = FIELD_JSON, .offset = I(location),           .flags = FIELD_PERSONAL, .max = 2048},
    {.name = "os",                .kind = FIELD_TEXT, .offset = I(os),                 .flags = FIELD_PERSONAL},
    {.name = "userAgent",         .kind = FIELD_TEXT, .offset = I(user_agent),         .flags = FIELD_PERSONAL, .max = 1024},
};
const struct field_table api_info_table = FIELD_TABLE("EventInfo", info_fields, struct rq_info, NULL);
/* clang-format on */

bool
api_info_is_address(str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (memchr("0123456789abcdefABCDEF.:", text.p[i], 24) == NULL) {
            return false;
        }
    }
    return text.n >= ADDRESS_MIN && text.n <= ADDRESS_MAX;
}

void
api_info_check_address(struct field_check *check)
{
    str value = *(const str *)(const void *)((const char *)check->object + check->field->offset);

    if (!api_info_is_address(value)) {
        field_check_fault(check, NULL, "invalid", "Write an IPv4 or IPv6 address.");
    }
}

/* An administrator with a token of their own is a person at a place, and does not choose which. */
static bool
is_believed(const struct rq *rq)
{
    return rq->api_key != NULL && rq->admin == NULL;
}

enum err
api_info_take(struct rq *rq, const struct json *body)
{
    static const struct rq_info none;
    struct field_reader reader = api_reader(rq);
    const struct json *value = json_get(body, S("eventInfo"));
    struct rq_info info;

    rq->info = none;
    if (value == NULL || value->type != JSON_OBJECT) {
        return ERR_OK; /* what is no object is a fault of the body */
    }
    if (!field_read(&reader, &api_info_table, FIELD_CREATE, value, S("eventInfo"), &info)) {
        return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
    }
    if (is_believed(rq)) {
        rq->info = info;
        rq->info.is_told = true;
    }
    return ERR_OK;
}

static void
prefer(str *to, str value)
{
    *to = value.n ? value : *to;
}

void
api_info_take_login(struct rq *rq, const struct api_login_base *base)
{
    const struct api_device *device = &base->meta.device;

    prefer(&rq->info.device_name, device->name);
    prefer(&rq->info.device_type, device->type);
    prefer(&rq->info.device_description, device->description);
    prefer(&rq->info.login_data, base->meta.data);
    if (is_believed(rq)) { /* only somebody we know is believed about where it came from */
        prefer(&rq->info.address, base->address);
    }
}

void
api_info_write(const struct rq *rq, str name, struct json_out *out)
{
    if (rq->info.is_told) {
        json_out_name(out, name);
        field_write(&api_info_table, FIELD_FOR_API, &rq->info, out);
    }
}
