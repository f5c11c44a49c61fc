/* SPDX-License-Identifier: Apache-2.0 */
/* Mails and messages made of templates, in the language of who gets them. */
#pragma once
#include "base/fault.h"
#include "codec/mustache.h"
#include "model/field/field.h"

struct application;
struct emailtemplate;
struct messagetemplate;
struct rq;
struct tenant;
struct user;

struct compose_about {           /* what a template may name; each but tenant may be NULL */
    const struct tenant *tenant; /* of whom */
    const struct application *application;
    const struct user *user;
    str address, display;    /* without a user: who it is for */
    const struct json *data; /* an object: its members stand beside these */
};
/* What about has, as a template sees it; no secret is in it. */
MUST_USE enum err compose_view(struct rq *rq, const struct compose_about *about, struct view *ret);

struct compose_fault {
    const char *part, *why; /* "subject", fixed text */
    bool is_syntax;         /* else it could not be rendered */
};
enum { COMPOSE_PARTS = 4 };
struct composed {
    str from_name, subject, html, text;
    struct compose_fault faults[COMPOSE_PARTS];
    size_t fault_count;
};
/* The parts that can be made, and a fault for each other. Parts of an empty template stay empty. */
void compose_mail(struct arena *arena, const struct emailtemplate *from,
    const struct field_texts *languages, const struct view *view, struct composed *ret);
/* The same for a message: only text is made, the part is called "message". */
void compose_message(struct arena *arena, const struct messagetemplate *from,
    const struct field_texts *languages, const struct view *view, struct composed *ret);
/* The text of localized (JSON, by locale) for the first language it has; else the fallback. */
str compose_pick(
    struct arena *arena, str localized, str fallback, const struct field_texts *languages);
