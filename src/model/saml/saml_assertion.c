/* SPDX-License-Identifier: Apache-2.0 */
/* What an assertion says, whose signature was checked before: Core s2.3 to s2.7, by the rules of the Web Browser SSO
 * Profile (Profiles s4.1.4.2, s4.1.4.3). Only direct children are read; a statement nobody needs is not looked into. */
#include "base/arena.h"
#include "base/clock.h"
#include "codec/json.h"
#include "model/saml/saml_internal.h"

enum { MAX_ATTRIBUTES = 200, MAX_JSON = 512 * 1024 };

/* clang-format off */
#define A_PART(name, min, max) {S_INIT("urn:oasis:names:tc:SAML:2.0:assertion"), S_INIT(name), min, max}
static const struct saml_part assertion_parts[] = {
    A_PART("Issuer", 1, 1), A_PART("Subject", 1, 1), A_PART("Conditions", 1, 1), A_PART("Advice", 0, 1),
    A_PART("AuthnStatement", 1, 8), A_PART("AttributeStatement", 0, 8), A_PART("AuthzDecisionStatement", 0, 8),
    {S_INIT("http://www.w3.org/2000/09/xmldsig#"), S_INIT("Signature"), 0, 1},
};
static const struct saml_part condition_parts[] = { /* Core s2.5.1.1: an unknown one decides nothing, so nobody comes in */
    A_PART("AudienceRestriction", 1, 8), A_PART("OneTimeUse", 0, 1), A_PART("ProxyRestriction", 0, 1),
};
static const struct saml_part audience_parts[] = {A_PART("Audience", 1, 64)};
/* clang-format on */

/* An instant that an attribute names: true when it is not there, or after (before) now with a minute's grace. */
static bool
is_after_now(const struct xml *node, str name, int64_t now_ms)
{
    int64_t at;
    str text;

    return !xml_attribute(node, name, &text)
           || (saml_instant(text, &at) && at > now_ms - CLOCK_SKEW_MS);
}

static bool
is_begun(const struct xml *node, int64_t now_ms)
{
    int64_t at;
    str text;

    return !xml_attribute(node, S("NotBefore"), &text)
           || (saml_instant(text, &at) && at <= now_ms + CLOCK_SKEW_MS);
}

static bool
names_us(const struct xml *restriction, str audience)
{
    str text;

    for (const struct xml *m = restriction->first; m != NULL; m = m->next) {
        if (xml_is(m, SAML_A, S("Audience")) && saml_text(m, &text) && str_eq(text, audience)) {
            return true;
        }
    }
    return false;
}

/* Core s2.5.1.4: each restriction has to hold. */
static enum saml_fault
judge_conditions(const struct saml_rules *rules, const struct xml *conditions)
{
    if (!is_begun(conditions, rules->now_ms)
        || !is_after_now(conditions, S("NotOnOrAfter"), rules->now_ms)) {
        return SAML_BAD_TIME;
    }
    if (!saml_is_made_of(conditions, condition_parts, COUNT(condition_parts))) {
        return SAML_BAD_AUDIENCE;
    }
    for (const struct xml *m = conditions->first; m != NULL; m = m->next) {
        if (xml_is(m, SAML_A, S("AudienceRestriction"))
            && (!saml_is_made_of(m, audience_parts, COUNT(audience_parts))
                || !names_us(m, rules->audience))) {
            return SAML_BAD_AUDIENCE;
        }
    }
    return SAML_FINE;
}

/* ---- the subject ---- */

static bool
find_address(const struct saml_rules *rules, const struct xml *data, size_t *ret)
{
    str to;

    *ret = 0;
    if (!xml_attribute(data, S("Recipient"), &to)) {
        return false;
    }
    for (; *ret < rules->address_count; ++*ret) {
        if (str_eq(saml_trim(to), rules->addresses[*ret])) {
            return true;
        }
    }
    return rules->address_count == 0;
}

/* Profiles s4.1.4.2: whoever brings it is who it is about, here, and not for long. */
static enum saml_fault
judge_confirmation(
    const struct saml_rules *rules, const struct xml *confirmation, struct saml_answer *ret)
{
    const struct xml *data = xml_child(confirmation, SAML_A, S("SubjectConfirmationData"));
    int64_t ends_ms;
    str method, end;

    if (!xml_attribute(confirmation, S("Method"), &method)
        || !str_eq(method, S("urn:oasis:names:tc:SAML:2.0:cm:bearer"))
        || xml_count(confirmation, SAML_A, S("SubjectConfirmationData")) != 1
        || !xml_attribute(data, S("NotOnOrAfter"), &end)) {
        return SAML_BAD_SUBJECT;
    }
    if (!is_begun(data, rules->now_ms) || !is_after_now(data, S("NotOnOrAfter"), rules->now_ms)
        || !saml_instant(end, &ends_ms)) {
        return SAML_BAD_TIME;
    }
    if (!find_address(rules, data, &ret->address)) {
        return SAML_BAD_ADDRESS;
    }
    if (!xml_attribute(data, S("InResponseTo"), &ret->request)) {
        ret->request = NO_STR;
    }
    return SAML_FINE;
}

/* When none of them will hold any more: it is remembered until then, or it would count again by a later one. */
static int64_t
last_end(const struct xml *subject)
{
    int64_t last = 0, ends_ms;
    str end;

    for (const struct xml *m = subject->first; m != NULL; m = m->next) {
        const struct xml *data = xml_child(m, SAML_A, S("SubjectConfirmationData"));
        if (xml_is(m, SAML_A, S("SubjectConfirmation"))
            && xml_attribute(data, S("NotOnOrAfter"), &end) && saml_instant(end, &ends_ms)) {
            last = MAX(last, ends_ms);
        }
    }
    return last + 2 * CLOCK_SKEW_MS;
}

static enum saml_fault
judge_subject(const struct saml_rules *rules, const struct xml *subject, struct saml_answer *ret)
{
    const struct xml *name = xml_child(subject, SAML_A, S("NameID"));
    enum saml_fault fault = SAML_BAD_SUBJECT;

    for (const struct xml *m = subject->first; fault != SAML_FINE && m != NULL; m = m->next) {
        if (xml_is(m, SAML_A, S("SubjectConfirmation"))) {
            fault = judge_confirmation(rules, m, ret);
        }
    }
    if (fault != SAML_FINE) {
        return fault;
    }
    ret->ends_ms = last_end(subject);
    if (xml_count(subject, SAML_A, S("NameID")) > 1
        || (name != NULL && !saml_text(name, &ret->name_id))) {
        return SAML_BAD_SUBJECT;
    }
    if (!xml_attribute(name, S("Format"), &ret->name_id_format)) {
        ret->name_id_format = NO_STR;
    }
    return SAML_FINE;
}

static enum saml_fault
judge_sessions(const struct saml_rules *rules, const struct xml *assertion)
{
    for (const struct xml *m = assertion->first; m != NULL; m = m->next) {
        if (xml_is(m, SAML_A, S("AuthnStatement"))
            && !is_after_now(m, S("SessionNotOnOrAfter"), rules->now_ms)) {
            return SAML_BAD_TIME;
        }
    }
    return SAML_FINE;
}

/* ---- attributes ---- */

struct attributes {
    const struct xml *nodes[MAX_ATTRIBUTES];
    str names[MAX_ATTRIBUTES];
    size_t first[MAX_ATTRIBUTES]; /* the first of the same name */
    size_t count;
};

static bool
add_attribute(struct attributes *all, const struct xml *node, str name)
{
    size_t first = 0;

    if (all->count == MAX_ATTRIBUTES) {
        return false;
    }
    while (first < all->count && !str_eq(all->names[first], name)) {
        first++;
    }
    all->nodes[all->count] = node;
    all->names[all->count] = name;
    all->first[all->count++] = first;
    return true;
}

static bool
collect(const struct xml *assertion, struct attributes *all)
{
    for (const struct xml *s = assertion->first; s != NULL; s = s->next) {
        if (!xml_is(s, SAML_A, S("AttributeStatement"))) {
            continue;
        }
        for (const struct xml *m = s->first; m != NULL; m = m->next) {
            str name;
            if (xml_is(m, SAML_A, S("Attribute")) && xml_attribute(m, S("Name"), &name)
                && !add_attribute(all, m, name)) {
                return false;
            }
        }
    }
    return true;
}

/* Texts of the values; what has elements in it is no text. Writes them when out is there. */
static size_t
put_values(const struct attributes *all, size_t at, struct json_out *out)
{
    size_t count = 0;

    for (size_t i = at; i < all->count; i++) {
        const struct xml *m = all->first[i] == at ? all->nodes[i]->first : NULL;
        for (; m != NULL; m = m->next) {
            str text;
            if (!xml_is(m, SAML_A, S("AttributeValue")) || !xml_text(m, &text)) {
                continue;
            }
            count++;
            if (out != NULL) {
                json_out_str(out, saml_trim(text));
            }
        }
    }
    return count;
}

/* An attribute that comes twice has the values of both. One value is a text, several are a list. */
static bool
read_attributes(struct arena *arena, const struct xml *assertion, struct saml_answer *ret)
{
    struct attributes *all = ARENA_NEW(arena, struct attributes);
    struct json_out out;
    struct buf buf;

    if (all == NULL || !collect(assertion, all)) {
        return false;
    }
    buf_init(&buf, arena, MAX_JSON);
    json_out_init(&out, &buf);
    json_out_object(&out);
    for (size_t i = 0; i < all->count; i++) {
        size_t values = all->first[i] == i ? put_values(all, i, NULL) : 0;
        if (values == 0) {
            continue;
        }
        json_out_name(&out, all->names[i]);
        if (values > 1) {
            json_out_array(&out);
        }
        (void)put_values(all, i, &out);
        if (values > 1) {
            json_out_array_end(&out);
        }
    }
    json_out_object_end(&out);
    return buf_done(&buf, &ret->attributes_text);
}

enum saml_fault
saml_read_assertion(struct arena *arena, const struct saml_rules *rules,
    const struct xml *assertion, struct saml_answer *ret)
{
    enum saml_fault fault = SAML_FINE;

    if (!saml_is_made_of(assertion, assertion_parts, COUNT(assertion_parts))
        || !xml_attribute(assertion, S("ID"), &ret->id)) {
        return SAML_MISSHAPEN;
    }
    if (!saml_text(xml_child(assertion, SAML_A, S("Issuer")), &ret->issuer)
        || (rules->issuer.n && !str_eq(rules->issuer, ret->issuer))) {
        return SAML_BAD_ISSUER;
    }
    fault = judge_conditions(rules, xml_child(assertion, SAML_A, S("Conditions")));
    fault = fault ? fault : judge_subject(rules, xml_child(assertion, SAML_A, S("Subject")), ret);
    fault = fault ? fault : judge_sessions(rules, assertion);
    return fault || read_attributes(arena, assertion, ret) ? fault : SAML_UNREADABLE;
}
