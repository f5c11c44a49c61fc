/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of forms: one row each, with the name it is posted under (as FusionAuth's pages have it), its label
 * and what browsers need to know: HTML autofill tokens (HTML s4.10.18.7), keyboards, direction. */
#include "model/page/page_internal.h"

#define TYPED " autocapitalize=\"none\" spellcheck=\"false\" dir=\"ltr\""
#define NAMED " maxlength=\"255\" dir=\"auto\""
#define SECRET " maxlength=\"1024\""

struct field_row {
    str name, id, label, attributes;
    bool is_secret; /* never shown again */
    bool is_new;    /* has the rules under it */
    bool has_forgot;
    bool is_choice;
};

/* clang-format off */
static const struct field_row rows[PAGE_FIELD_COUNT] = {
/*                               name                              id                label                           */
    [PAGE_FIELD_LOGIN_ID]       = {S_INIT("loginId"),                S_INIT("f-login"),  S_INIT("field.login"),
        S_INIT("type=\"text\" autocomplete=\"username\" maxlength=\"254\"" TYPED)},
    [PAGE_FIELD_LOGIN_EMAIL]    = {S_INIT("loginId"),                S_INIT("f-login"),  S_INIT("field.email"),
        S_INIT("type=\"email\" autocomplete=\"username\" maxlength=\"254\"" TYPED)},
    [PAGE_FIELD_LOGIN_USERNAME] = {S_INIT("loginId"),                S_INIT("f-login"),  S_INIT("field.username"),
        S_INIT("type=\"text\" autocomplete=\"username\" maxlength=\"191\"" TYPED)},
    [PAGE_FIELD_LOGIN_PHONE]    = {S_INIT("loginId"),                S_INIT("f-login"),  S_INIT("field.phone"),
        S_INIT("type=\"tel\" autocomplete=\"username\" maxlength=\"32\" dir=\"ltr\"")},
    [PAGE_FIELD_PASSWORD]       = {S_INIT("password"),               S_INIT("f-pass"),   S_INIT("field.password"),
        S_INIT("type=\"password\" autocomplete=\"current-password\"" SECRET), .is_secret = true, .has_forgot = true},
    [PAGE_FIELD_NEW_PASSWORD]   = {S_INIT("user.password"),          S_INIT("f-pass"),   S_INIT("field.newpassword"),
        S_INIT("type=\"password\" autocomplete=\"new-password\"" SECRET), .is_secret = true, .is_new = true},
    [PAGE_FIELD_CHANGED_PASSWORD] = {S_INIT("password"),             S_INIT("f-pass"),   S_INIT("field.changedpassword"),
        S_INIT("type=\"password\" autocomplete=\"new-password\"" SECRET), .is_secret = true, .is_new = true},
    [PAGE_FIELD_CONFIRM]        = {S_INIT("passwordConfirm"),        S_INIT("f-again"),  S_INIT("field.confirm"),
        S_INIT("type=\"password\" autocomplete=\"new-password\"" SECRET), .is_secret = true},
    [PAGE_FIELD_CODE]           = {S_INIT("oneTimeCode"),            S_INIT("f-code"),   S_INIT("field.code"),
        S_INIT("type=\"text\" autocomplete=\"one-time-code\" maxlength=\"128\"" TYPED), .is_secret = true},
    [PAGE_FIELD_ADDRESS]        = {S_INIT("email"),                  S_INIT("f-email"),  S_INIT("field.email"),
        S_INIT("type=\"email\" autocomplete=\"email\" maxlength=\"254\"" TYPED)},
    [PAGE_FIELD_EMAIL]          = {S_INIT("user.email"),             S_INIT("f-email"),  S_INIT("field.email"),
        S_INIT("type=\"email\" autocomplete=\"email\" maxlength=\"254\"" TYPED)},
    [PAGE_FIELD_USERNAME]       = {S_INIT("user.username"),          S_INIT("f-user"),   S_INIT("field.username"),
        S_INIT("type=\"text\" autocomplete=\"username\" maxlength=\"191\"" TYPED)},
    [PAGE_FIELD_PHONE]          = {S_INIT("user.phoneNumber"),       S_INIT("f-phone"),  S_INIT("field.phone"),
        S_INIT("type=\"tel\" autocomplete=\"tel\" maxlength=\"32\" dir=\"ltr\"")},
    [PAGE_FIELD_FIRST_NAME]     = {S_INIT("user.firstName"),         S_INIT("f-first"),  S_INIT("field.firstname"),
        S_INIT("type=\"text\" autocomplete=\"given-name\"" NAMED)},
    [PAGE_FIELD_MIDDLE_NAME]    = {S_INIT("user.middleName"),        S_INIT("f-middle"), S_INIT("field.middlename"),
        S_INIT("type=\"text\" autocomplete=\"additional-name\"" NAMED)},
    [PAGE_FIELD_LAST_NAME]      = {S_INIT("user.lastName"),          S_INIT("f-last"),   S_INIT("field.lastname"),
        S_INIT("type=\"text\" autocomplete=\"family-name\"" NAMED)},
    [PAGE_FIELD_FULL_NAME]      = {S_INIT("user.fullName"),          S_INIT("f-full"),   S_INIT("field.fullname"),
        S_INIT("type=\"text\" autocomplete=\"name\"" NAMED)},
    [PAGE_FIELD_BIRTH_DATE]     = {S_INIT("user.birthDate"),         S_INIT("f-birth"),  S_INIT("field.birthdate"),
        S_INIT("type=\"date\" autocomplete=\"bday\"")},
    [PAGE_FIELD_MOBILE_PHONE]   = {S_INIT("user.mobilePhone"),       S_INIT("f-mobile"), S_INIT("field.mobilephone"),
        S_INIT("type=\"tel\" autocomplete=\"tel\" maxlength=\"32\" dir=\"ltr\"")},
    [PAGE_FIELD_LANGUAGE]       = {S_INIT("user.preferredLanguages"), S_INIT("f-lang"),  S_INIT("field.language"),
        S_INIT("autocomplete=\"language\""), .is_choice = true},
};
/* clang-format on */

str
page_field_name(enum page_field field)
{
    CHECK(field < PAGE_FIELD_COUNT);
    return rows[field].name;
}

/* The focus belongs to the first wrong field, else to the first empty one: each field is looked at once,
 * in the order of the page, so the one before gives way only if this one is the first wrong one. */
static void
move_focus(struct page *page, struct view_value *item, bool is_wrong, bool is_empty)
{
    bool is_taken = page->focus != NULL;

    if (page->is_focus_wrong || (!is_wrong && (is_taken || !is_empty))) {
        return;
    }
    if (is_taken) {
        view_bool(&page->view, page->focus, S("has_focus"), false);
    }
    view_bool(&page->view, item, S("has_focus"), true);
    page->focus = item;
    page->is_focus_wrong = is_wrong;
}

static void
add_choices(struct page *page, struct view_value *item, str value)
{
    struct view_value *list = view_list(&page->view, item, S("choices"));

    for (size_t i = 0; i < PAGE_LANGUAGES; i++) {
        str code = page_languages[i];
        struct view_value *choice = view_item(&page->view, list);
        view_text(&page->view, choice, S("code"), code);
        view_text(&page->view, choice, S("name"), page_text(code, S("name")));
        view_bool(&page->view, choice, S("is_chosen"), str_eq(code, value));
    }
}

void
page_add_field(struct page *page, enum page_field field, str value, str error, bool is_required)
{
    struct view *view = &page->view;
    struct view_value *item = view_item(view, page_list(page, PAGE_LIST_FIELDS));
    const struct field_row *row;

    CHECK(field < PAGE_FIELD_COUNT);
    row = &rows[field];
    value = row->is_secret ? NO_STR : value;
    view_text(view, item, S("error"), error);
    view_text(view, item, S("value"), value);
    view_bool(view, item, S("is_optional"), !is_required);
    view_bool(view, item, S("is_choice"), row->is_choice);
    view_bool(view, item, S("is_new"), row->is_new);
    view_bool(view, item, S("has_forgot"), row->has_forgot);
    view_text(view, item, S("attributes"), row->attributes);
    view_text(view, item, S("name"), row->name);
    view_text(view, item, S("label"), page_text(page->lang, row->label));
    view_text(view, item, S("id"), row->id);
    if (row->is_choice) {
        add_choices(page, item, value);
    }
    if (error.n) {
        view_bool(view, NULL, S("has_errors"), true);
    }
    move_focus(page, item, error.n != 0, value.n == 0);
}

void
page_add_rule(struct page *page, str text)
{
    view_item_text(&page->view, page_list(page, PAGE_LIST_RULES), text);
}
