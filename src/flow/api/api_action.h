/* SPDX-License-Identifier: Apache-2.0 */
/* What keeps somebody out, as sign-ins answer it (type LoginPreventedResponse). */
#pragma once
#include "model/action/action.h"

extern const struct field_table api_action_order_table, api_action_prevented_table;

/* 409 with the actions, as FusionAuth answers a sign-in that something prevents. */
MUST_USE enum err api_action_answer_prevented(struct rq *rq, const struct dossier_list *actions);
