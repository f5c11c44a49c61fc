/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of pages that come in any number: scopes of a consent, paragraphs and actions of a card. */
#include "model/page/page_internal.h"

#include "base/arena.h"

#define ICON_MARK "M5 13l4 4L19 7"

/* What an application gets with a scope of OpenID Connect Core s5.4 and s11, in words; icons are SVG paths. */
static const struct scope_row {
    str name, title, text, icon;
} scopes[] = {
    {S_INIT("openid"), S_INIT("scope.openid"), S_INIT("scope.openid.text"), S_INIT(ICON_MARK)},
    {S_INIT("profile"), S_INIT("scope.profile"), S_INIT("scope.profile.text"),
        S_INIT("M8 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0M4 21c1-4 4-6 8-6s7 2 8 6")},
    {S_INIT("email"), S_INIT("scope.email"), S_INIT("scope.email.text"),
        S_INIT("M3 6h18v12H3zM3 7l9 6 9-6")},
    {S_INIT("phone"), S_INIT("scope.phone"), S_INIT("scope.phone.text"),
        S_INIT("M8 3h8v18H8zM11 18h2")},
    {S_INIT("address"), S_INIT("scope.address"), S_INIT("scope.address.text"),
        S_INIT(
            "M12 21c-4-5-7-8-7-11a7 7 0 0 1 14 0c0 3-3 6-7 11zM10 10a2 2 0 1 0 4 0a2 2 0 1 0-4 0")},
    {S_INIT("offline_access"), S_INIT("scope.offline_access"), S_INIT("scope.offline_access.text"),
        S_INIT("M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7v5l3 2")},
};

static const struct scope_row *
known_scope(str name)
{
    for (size_t i = 0; i < COUNT(scopes); i++) {
        if (str_eq(scopes[i].name, name)) {
            return &scopes[i];
        }
    }
    return NULL;
}

void
page_add_scope(struct page *page, const struct page_scope *scope)
{
    struct view *view = &page->view;
    struct view_value *item = view_item(view, page_list(page, PAGE_LIST_SCOPES));
    const struct scope_row *known = known_scope(scope->name);
    str title = scope->title, text = scope->text;

    if (title.n == 0) {
        title = known ? page_text(page->lang, known->title) : scope->name;
        text = text.n == 0 && known ? page_text(page->lang, known->text) : text;
    }
    view_text(view, item, S("name"), scope->name);
    view_text(view, item, S("title"), title);
    view_text(view, item, S("text"), text);
    view_text(view, item, S("icon"), known ? known->icon : S(ICON_MARK));
    view_bool(view, item, S("is_optional"), scope->is_optional);
    view_bool(view, item, S("is_ticked"), scope->is_ticked);
}

void
page_add_paragraph(struct page *page, str text)
{
    view_item_text(&page->view, page_list(page, PAGE_LIST_PARAGRAPHS), text);
}

void
page_add_pair(struct page *page, str name, str value)
{
    struct view_value *item = view_item(&page->view, page_list(page, PAGE_LIST_PAIRS));

    view_text(&page->view, item, S("name"), name);
    view_text(&page->view, item, S("value"), value);
}

void
page_add_block(struct page *page, str title, str text)
{
    struct view_value *item = view_item(&page->view, page_list(page, PAGE_LIST_BLOCKS));

    view_text(&page->view, item, S("title"), title);
    view_text(&page->view, item, S("text"), text);
}

void
page_add_link(struct page *page, str text, str url, bool is_main)
{
    struct view_value *item = view_item(&page->view, page_list(page, PAGE_LIST_LINKS));

    view_text(&page->view, item, S("text"), text);
    view_bool(&page->view, item, S("is_alt"), !is_main);
    page_url(page, item, S("url"), url);
}

void
page_add_button(struct page *page, str text, str name, str value, bool is_main)
{
    struct view_value *item = view_item(&page->view, page_list(page, PAGE_LIST_BUTTONS));

    view_text(&page->view, item, S("text"), text);
    view_text(&page->view, item, S("name"), name);
    view_text(&page->view, item, S("value"), value);
    view_bool(&page->view, item, S("is_alt"), !is_main);
}
