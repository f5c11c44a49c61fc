/* SPDX-License-Identifier: Apache-2.0 */
/* The envelope: SAML 2.0 Bindings s3.5 (HTTP POST), Core s3.3.3 (Response). An answer has one Assertion, and signatures
 * stand nowhere but in it and around it: with that, what a signature was made over cannot be moved somewhere else
 * while something forged is read in its place (security.md SA-01 to SA-08). */
#include "model/saml/saml.h"

#include "base/arena.h"
#include "codec/base64.h"
#include "codec/calendar.h"
#include "codec/json.h"
#include "model/saml/saml_internal.h"

/* More than the largest document takes with all its canonical forms (64 MB at most, if its provider signed it; 32 before that
 * is known): so an arena that fails says something of the machine, not of the document. */
enum { MAX_IDS = 256, MAX_SCRATCH = 96 * 1024 * 1024 };

str
saml_fault_text(enum saml_fault fault)
{
    static const str texts[SAML_FAULT_COUNT] = {
#define X(name, text) [name] = S_INIT(text),
        SAML_FAULTS(X)
#undef X
    };

    return texts[fault];
}

/* ---- words of the other files ---- */

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

str
saml_trim(str text)
{
    while (text.n && is_space(text.p[0])) {
        text = str_skip(text, 1);
    }
    while (text.n && is_space(text.p[text.n - 1])) {
        text.n--;
    }
    return text;
}

bool
saml_text(const struct xml *node, str *ret)
{
    str text;

    if (!xml_text(node, &text)) {
        return false;
    }
    *ret = saml_trim(text);
    return ret->n > 0;
}

bool
saml_base64(struct arena *arena, str text, bytes *ret)
{
    char *to = arena_alloc(arena, MAX(text.n, (size_t)1));
    size_t n = 0;

    for (size_t i = 0; to != NULL && i < text.n; i++) {
        if (!is_space(text.p[i])) {
            to[n++] = text.p[i];
        }
    }
    return to != NULL && n > 0 && base64_decode(arena, (str){to, n}, ret);
}

static size_t
part_of(const struct xml *node, const struct saml_part *parts, size_t count)
{
    size_t i = 0;

    while (i < count && !xml_is(node, parts[i].space, parts[i].local)) {
        i++;
    }
    return i;
}

bool
saml_is_made_of(const struct xml *node, const struct saml_part *parts, size_t count)
{
    for (const struct xml *m = node ? node->first : NULL; m != NULL; m = m->next) {
        bool is_fit = xml_is_text(m) ? saml_trim(m->text).n == 0 : part_of(m, parts, count) < count;
        if (!is_fit) {
            return false;
        }
    }
    for (size_t i = 0; i < count; i++) {
        size_t found = xml_count(node, parts[i].space, parts[i].local);
        if (found < parts[i].min || found > parts[i].max) {
            return false;
        }
    }
    return node != NULL;
}

/* ---- time ---- */

static bool
take_digits(str *in, size_t n, char behind, int64_t *ret)
{
    int64_t value = 0;

    for (size_t i = 0; i < n; i++) {
        if (i >= in->n || in->p[i] < '0' || in->p[i] > '9') {
            return false;
        }
        value = value * 10 + (in->p[i] - '0');
    }
    if (behind != '\0' && (in->n <= n || in->p[n] != behind)) {
        return false;
    }
    *in = str_skip(*in, n + (behind != '\0'));
    *ret = value;
    return true;
}

bool
saml_instant(str text, int64_t *ret)
{
    int64_t year, month, day, hour, minute, second, part = 0, weight = 100;
    struct calendar_date date;

    if (!take_digits(&text, 4, '-', &year) || !take_digits(&text, 2, '-', &month)
        || !take_digits(&text, 2, 'T', &day) || !take_digits(&text, 2, ':', &hour)
        || !take_digits(&text, 2, ':', &minute) || !take_digits(&text, 2, '\0', &second)
        || hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    date = (struct calendar_date){(int)year, (int)month, (int)day};
    if (str_starts(text, S("."))) {
        int64_t digit;
        text = str_skip(text, 1);
        if (!take_digits(&text, 1, '\0', &digit)) {
            return false;
        }
        do {
            part += digit * weight;
            weight /= 10;
        } while (take_digits(&text, 1, '\0', &digit));
    }
    if (year < 1970 || !calendar_is_day(date) || !str_eq(text, S("Z"))) {
        return false;
    }
    *ret = (((calendar_days(date) * 24 + hour) * 60 + minute) * 60 + second) * 1000 + part;
    return true;
}

/* ---- the document as a whole ---- */

struct survey { /* of a document */
    const struct xml *root;
    size_t responses, assertions, encrypted, ids;
    str id[MAX_IDS];
    bool is_odd; /* something stands where it never does, or an id comes twice */
};

/* An identifier, however a reader might spell it: ID, Id, id, xml:id (SA-15). */
static void
survey_ids(struct survey *s, const struct xml *node)
{
    for (const struct xml_attribute *a = node->attributes; a != NULL; a = a->next) {
        if (!str_ieq(a->name.local, S("id"))) {
            continue;
        }
        for (size_t i = 0; i < s->ids; i++) {
            s->is_odd = s->is_odd || str_eq(s->id[i], a->value);
        }
        if (s->ids == MAX_IDS) {
            s->is_odd = true;
            return;
        }
        s->id[s->ids++] = a->value;
    }
}

static void
survey(struct survey *s, const struct xml *node, const struct xml *parent)
{
    bool is_assertion = xml_is(node, SAML_A, S("Assertion"));
    bool is_encrypted = xml_is(node, SAML_A, S("EncryptedAssertion"));

    s->responses += xml_is(node, SAML_P, S("Response"));
    s->assertions += is_assertion;
    s->encrypted += is_encrypted;
    survey_ids(s, node);
    if ((is_assertion || is_encrypted) && parent != NULL && parent != s->root) {
        s->is_odd = true;
    }
    if (xml_is(node, SAML_DS, S("Signature"))
        && !(parent != NULL && (parent == s->root || xml_is(parent, SAML_A, S("Assertion"))))) {
        s->is_odd = true;
    }
    for (const struct xml *m = node->first; m != NULL && !s->is_odd; m = m->next) {
        survey(s, m, node); /* at most XML_MAX_DEPTH deep */
    }
}

static bool
is_version_2(const struct xml *node)
{
    str version, id;

    return xml_attribute(node, S("Version"), &version) && str_eq(version, S("2.0"))
           && xml_attribute(node, S("ID"), &id) && id.n > 0;
}

/* clang-format off */
static const struct saml_part response_parts[] = {
    {S_INIT("urn:oasis:names:tc:SAML:2.0:assertion"), S_INIT("Issuer"), 0, 1},
    {S_INIT("http://www.w3.org/2000/09/xmldsig#"), S_INIT("Signature"), 0, 1},
    {S_INIT("urn:oasis:names:tc:SAML:2.0:protocol"), S_INIT("Extensions"), 0, 1},
    {S_INIT("urn:oasis:names:tc:SAML:2.0:protocol"), S_INIT("Status"), 1, 1},
    {S_INIT("urn:oasis:names:tc:SAML:2.0:assertion"), S_INIT("Assertion"), 0, 1},
    {S_INIT("urn:oasis:names:tc:SAML:2.0:assertion"), S_INIT("EncryptedAssertion"), 0, 1},
};
/* clang-format on */

static struct survey *
survey_all(struct arena *arena, const struct xml *root)
{
    struct survey *s = ARENA_NEW(arena, struct survey);

    if (s != NULL) {
        s->root = root;
        survey(s, root, NULL);
    }
    return s;
}

static enum saml_fault
judge_shape(struct arena *arena, const struct xml *root)
{
    const struct survey *s = survey_all(arena, root);

    if (s == NULL || s->is_odd || s->responses != 1 || !xml_is(root, SAML_P, S("Response"))
        || !is_version_2(root) || s->assertions + s->encrypted > 1
        || !saml_is_made_of(root, response_parts, COUNT(response_parts))) {
        return SAML_MISSHAPEN;
    }
    return SAML_FINE;
}

/* What was encrypted is one assertion, and no more. */
static bool
is_lone_assertion(struct arena *arena, const struct xml *root)
{
    const struct survey *s = survey_all(arena, root);

    return s != NULL && !s->is_odd && xml_is(root, SAML_A, S("Assertion")) && s->assertions == 1
           && s->encrypted + s->responses == 0;
}

/* Core s3.2.2.2; a provider that refused has no assertion to give. */
static enum saml_fault
judge_status(const struct xml *root)
{
    const struct xml *status = xml_child(root, SAML_P, S("Status"));
    const struct xml *code = xml_child(status, SAML_P, S("StatusCode"));
    str value;

    return xml_count(status, SAML_P, S("StatusCode")) == 1
                   && xml_attribute(code, S("Value"), &value)
                   && str_eq(value, S("urn:oasis:names:tc:SAML:2.0:status:Success"))
               ? SAML_FINE
               : SAML_UNSUCCESSFUL;
}

/* Bindings s3.5.5.2: a signed response says where it was sent to. */
static enum saml_fault
judge_destination(const struct saml_rules *rules, const struct xml *root, bool is_signed)
{
    str to;

    if (rules->address_count == 0) {
        return SAML_FINE;
    }
    if (!xml_attribute(root, S("Destination"), &to)) {
        return is_signed ? SAML_BAD_ADDRESS : SAML_FINE;
    }
    for (size_t i = 0; i < rules->address_count; i++) {
        if (str_eq(saml_trim(to), rules->addresses[i])) {
            return SAML_FINE;
        }
    }
    return SAML_BAD_ADDRESS;
}

/* What the envelope says beside what the assertion says has to be the same (Core s2.2.5, Profiles s4.1.4.2). */
static enum saml_fault
judge_envelope(const struct xml *root, const struct saml_answer *answer)
{
    const struct xml *issuer = xml_child(root, SAML_A, S("Issuer"));
    str text;

    if (issuer != NULL && (!saml_text(issuer, &text) || !str_eq(text, answer->issuer))) {
        return SAML_BAD_ISSUER;
    }
    if (!xml_attribute(root, S("InResponseTo"), &text)) {
        text = NO_STR;
    }
    return str_eq(text, answer->request) ? SAML_FINE : SAML_BAD_REQUEST;
}

/* The assertion, opened if it has to be. */
static enum saml_fault
find_assertion(struct arena *arena, const struct saml_rules *rules, const struct xml *root,
    const struct xml **ret)
{
    const struct xml *sealed = xml_child(root, SAML_A, S("EncryptedAssertion"));
    bool is_authentic = xml_count(root, SAML_DS, S("Signature")) > 0; /* and was checked */

    *ret = xml_child(root, SAML_A, S("Assertion"));
    if (*ret == NULL && sealed == NULL) {
        return SAML_MISSHAPEN;
    }
    if (rules->decrypts == NULL) {
        return sealed ? SAML_ENCRYPTED : SAML_FINE;
    }
    if (sealed == NULL) {
        return SAML_UNENCRYPTED;
    }
    return saml_decrypt(arena, rules->decrypts, sealed, is_authentic, ret)
                   && is_lone_assertion(arena, *ret)
               ? SAML_FINE
               : SAML_SEALED;
}

/* Each signature that is there has to hold; one has to be there, over what is read. */
static enum saml_fault
judge(struct arena *arena, const struct saml_rules *rules, const struct xml *root,
    struct saml_answer *answer)
{
    bool is_signed = xml_count(root, SAML_DS, S("Signature")) > 0;
    enum saml_fault fault = judge_shape(arena, root);
    const struct xml *assertion = NULL;

    fault = fault ? fault : judge_status(root);
    if (fault == SAML_FINE && is_signed) {
        fault = saml_check_signature(arena, rules, root);
    }
    fault = fault ? fault : find_assertion(arena, rules, root, &assertion);
    if (fault == SAML_FINE && !is_version_2(assertion)) {
        fault = SAML_MISSHAPEN;
    }
    if (fault == SAML_FINE && xml_count(assertion, SAML_DS, S("Signature")) > 0) {
        fault = saml_check_signature(arena, rules, assertion);
    } else if (fault == SAML_FINE && !is_signed) {
        fault = SAML_UNSIGNED;
    }
    fault = fault ? fault : judge_destination(rules, root, is_signed);
    fault = fault ? fault : saml_read_assertion(arena, rules, assertion, answer);
    return fault ? fault : judge_envelope(root, answer);
}

static enum saml_fault
read_all(
    struct arena *scratch, const struct saml_rules *rules, str text, struct saml_answer *answer)
{
    const struct xml *root;
    bytes raw;

    if (text.n > SAML_MAX_TEXT || !saml_base64(scratch, text, &raw) || raw.n > SAML_MAX_BYTES
        || !xml_parse(scratch, bytes_str(raw), &root)) {
        return SAML_UNREADABLE;
    }
    return judge(scratch, rules, root, answer);
}

enum saml_fault
saml_read(struct arena *arena, const struct saml_rules *rules, str text, struct saml_answer *ret)
{
    AUTO(arena_end) struct arena *scratch = arena_new(MAX_SCRATCH);
    struct saml_answer answer = {.id = NO_STR};
    enum saml_fault fault = SAML_FAILED;

    if (scratch == NULL) {
        return fault;
    }
    arena_keep_secret(scratch);
    fault = read_all(scratch, rules, text, &answer);
    if (fault != SAML_FINE || arena_failed(scratch)) {
        return arena_failed(scratch) ? SAML_FAILED : fault;
    }
    answer.id = str_dup(arena, answer.id);
    answer.issuer = str_dup(arena, answer.issuer);
    answer.request = str_dup(arena, answer.request);
    answer.name_id = str_dup(arena, answer.name_id);
    answer.name_id_format = str_dup(arena, answer.name_id_format);
    answer.attributes_text = str_dup(arena, answer.attributes_text);
    if (!json_parse(arena, answer.attributes_text, &answer.attributes, NULL)
        || arena_failed(arena)) {
        return SAML_FAILED;
    }
    *ret = answer;
    return SAML_FINE;
}
