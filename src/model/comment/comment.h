/* SPDX-License-Identifier: Apache-2.0 */
/* What moderators write about somebody: a dossier, sealed under that person's key. */
#pragma once
#include "model/dossier/dossier.h"

struct comment { /* type UserComment; head.user_id: about whom */
    struct dossier head;
    struct uuid commenter_id;
    str text;
};
extern const struct field_table comment_table;
extern const struct dossier_kind comment_kind;
