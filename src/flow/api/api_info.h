/* SPDX-License-Identifier: Apache-2.0 */
/* What a caller says of the device and the place a call comes from, in place of its own: FusionAuth's eventInfo. */
#pragma once
#include "flow/api/api.h"

struct api_login_base;
extern const struct field_table api_info_table;

/* An IPv4 or IPv6 address, and the same as the rule of ipAddress. */
bool api_info_is_address(str text);
void api_info_check_address(struct field_check *check);
/* Takes eventInfo of a body into rq->info. Faults are collected. Only a caller with an API key is believed: what others say
 * is judged and forgotten. */
MUST_USE enum err api_info_take(struct rq *rq, const struct json *body);
/* What a request to sign in says outside of eventInfo is nearer: its ipAddress and metaData.device. */
void api_info_take_login(struct rq *rq, const struct api_login_base *base);
/* Writes rq->info as a member of that name, if there is any. */
void api_info_write(const struct rq *rq, str name, struct json_out *out);
