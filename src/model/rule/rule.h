/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that rows of several kinds share (struct field's .rule). */
#pragma once
#include "model/field/field.h"

/* FIELD_TEXT_MAP by language: each name is a locale. */
void rule_locales(struct field_check *check);
/* FIELD_TEXT_MAP of HTTP headers to send: names are tokens (RFC 9110 s5.6.2), values visible characters, spaces
 * and tabs (s5.5), so that no value begins a header of its own. */
void rule_headers(struct field_check *check);
/* FIELD_JSON by event type (FusionAuth's EventType): each name is one, each value true or false. */
void rule_events(struct field_check *check);
/* FIELD_MAP by event type: the items' keys are event types. */
void rule_event_keys(struct field_check *check);
bool rule_is_event(str name);
/* All event types; the last is NULL. */
extern const char *const rule_event_names[];
