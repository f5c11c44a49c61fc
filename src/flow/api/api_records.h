/* SPDX-License-Identifier: Apache-2.0 */
/* Every resource that is only stored, for app/routes.c. */
#pragma once
#include "flow/api/api_record.h"

extern const struct api_record api_reason, api_useraction;
