/* SPDX-License-Identifier: Apache-2.0 */
/* Reads web/api. A line that begins with # is nobody's; an empty line ends what is said.
 *
 * chapters   = "= Title" / introduction, then operations
 * operation  = METHOD SP path SP operationId, a line with the summary, lines of the description, notes
 * types.txt  = Type [SP what it is], indented lines: member SP what it is; "*" is any type
 * examples.txt = Type, lines of JSON; values.txt = name SP JSON; parameters.txt = name SP kind SP what it is */
#include "flow/api/api_text.h"

#include "base/arena.h"
#include "base/base.h"
#include "base/embedded.h"

enum { MAX_OPERATIONS = 600, MAX_BLOCKS = 800, MAX_CHAPTERS = 40 };

struct block { /* what is said of one type: its first line, and those below */
    str name, first, lines;
};
struct blocks {
    struct block all[MAX_BLOCKS];
    size_t count;
};
struct api_text {
    struct api_text_chapter chapters[MAX_CHAPTERS];
    struct api_text_operation operations[MAX_OPERATIONS];
    struct blocks types, examples;
    str parameters, values;
    size_t chapter_count, operation_count;
};

/* Takes a paragraph: lines up to an empty one. False at the end. */
static bool
next_paragraph(str *rest, str *ret)
{
    str line;

    *ret = NO_STR;
    while (str_cut(rest, '\n', &line)) {
        if (line.n && line.p[0] == '#') {
            continue;
        }
        if (line.n == 0 && ret->n) {
            return true;
        }
        if (line.n) {
            ret->p = ret->n ? ret->p : line.p;
            ret->n = (size_t)(line.p + line.n - ret->p);
        }
    }
    return ret->n > 0;
}

static bool
is_note(str line)
{
    return line.n
           && (line.p[0] == '?' || line.p[0] == '-' || (line.p[0] >= '1' && line.p[0] <= '9'));
}

/* Lines as one: what was broken to fit a page goes on. */
static str
join_lines(struct arena *arena, str lines)
{
    char *to = arena_alloc(arena, lines.n + 1);

    if (to == NULL) {
        return NO_STR;
    }
    for (size_t i = 0; i < lines.n; i++) {
        to[i] = lines.p[i] == '\n' ? ' ' : lines.p[i];
    }
    to[lines.n] = '\0';
    return (str){to, lines.n};
}

static void
add_operation(struct arena *arena, struct api_text *text, str paragraph)
{
    struct api_text_operation *o = &text->operations[text->operation_count++];
    str head, line, rest;

    CHECK(text->operation_count <= MAX_OPERATIONS && text->chapter_count > 0);
    (void)str_cut(&paragraph, '\n', &head);
    (void)str_cut(&head, ' ', &o->method);
    (void)str_cut(&head, ' ', &o->path);
    o->id = head;
    o->chapter = text->chapter_count - 1;
    (void)str_cut(&paragraph, '\n', &o->summary);
    o->description = paragraph;
    o->description.n = 0;
    rest = paragraph;
    while (str_cut(&rest, '\n', &line) && !is_note(line)) {
        o->description.n = (size_t)(line.p + line.n - paragraph.p);
    }
    o->notes = str_trim(str_skip(paragraph, o->description.n));
    o->description = join_lines(arena, o->description);
}

static void
read_chapters(struct arena *arena, struct api_text *text, str source)
{
    str paragraph;

    while (next_paragraph(&source, &paragraph)) {
        if (str_starts(paragraph, S("= "))) {
            struct api_text_chapter *chapter = &text->chapters[text->chapter_count++];
            CHECK(text->chapter_count <= MAX_CHAPTERS);
            paragraph = str_skip(paragraph, 2);
            (void)str_cut(&paragraph, '\n', &chapter->title);
            chapter->intro = join_lines(arena, paragraph);
        } else {
            add_operation(arena, text, paragraph);
        }
    }
}

static void
read_blocks(struct blocks *blocks, str source)
{
    str paragraph;

    while (next_paragraph(&source, &paragraph)) {
        struct block *block = &blocks->all[blocks->count++];
        CHECK(blocks->count <= MAX_BLOCKS);
        (void)str_cut(&paragraph, '\n', &block->first);
        block->lines = paragraph;
        (void)str_cut(&block->first, ' ', &block->name);
    }
}

str
api_text_file(str name)
{
    for (const struct embedded *f = api_text_files; f->name != NULL; f++) {
        if (str_eq(str_from(f->name), name)) {
            return (str){f->start, (size_t)(f->end - f->start)};
        }
    }
    return NO_STR;
}

const struct api_text *
api_text_read(struct arena *arena)
{
    struct api_text *text = ARENA_NEW(arena, struct api_text);

    if (text == NULL) {
        return NULL;
    }
    for (const struct embedded *f = api_text_files; f->name != NULL; f++) {
        str name = str_from(f->name), source = {f->start, (size_t)(f->end - f->start)};
        if (str_eq(name, S("types.txt"))) {
            read_blocks(&text->types, source);
        } else if (str_eq(name, S("examples.txt"))) {
            read_blocks(&text->examples, source);
        } else if (str_eq(name, S("parameters.txt"))) {
            text->parameters = source;
        } else if (str_eq(name, S("values.txt"))) {
            text->values = source;
        } else if (str_ends(name, S(".txt"))) {
            read_chapters(arena, text, source);
        }
    }
    return arena_failed(arena) ? NULL : text;
}

const struct api_text_chapter *
api_text_chapters(const struct api_text *text, size_t *ret_count)
{
    *ret_count = text->chapter_count;
    return text->chapters;
}

static const struct api_text_operation *
find(const struct api_text *text, str method, str path)
{
    for (size_t i = 0; i < text->operation_count; i++) {
        const struct api_text_operation *o = &text->operations[i];
        if (str_eq(o->method, method) && str_eq(o->path, path)) {
            return o;
        }
    }
    return NULL;
}

const struct api_text_operation *
api_text_operation(const struct api_text *text, str method, str path, str route)
{
    const struct api_text_operation *o = find(text, method, path);

    return o != NULL ? o : find(text, method, route);
}

static const struct block *
find_block(const struct blocks *blocks, str name)
{
    for (size_t i = 0; i < blocks->count; i++) {
        if (str_eq(blocks->all[i].name, name)) {
            return &blocks->all[i];
        }
    }
    return NULL;
}

/* The rest of the line "name rest" among lines. */
static str
line_of(str lines, str name)
{
    str line;

    while (str_cut(&lines, '\n', &line)) {
        line = str_trim(line);
        if (line.n > name.n && line.p[name.n] == ' ' && str_starts(line, name)) {
            return str_trim(str_skip(line, name.n));
        }
    }
    return NO_STR;
}

str
api_text_type(const struct api_text *text, str type)
{
    const struct block *block = find_block(&text->types, type);

    return block != NULL ? block->first : NO_STR;
}

str
api_text_member(const struct api_text *text, str type, str name)
{
    const struct block *own = find_block(&text->types, type),
                       *any = find_block(&text->types, S("*"));
    str said = own != NULL ? line_of(own->lines, name) : NO_STR;

    return said.n || any == NULL ? said : line_of(any->lines, name);
}

str
api_text_example(const struct api_text *text, str type)
{
    const struct block *block = find_block(&text->examples, type);

    return block != NULL ? block->lines : NO_STR;
}

str
api_text_value(const struct api_text *text, str name)
{
    return line_of(text->values, name);
}

bool
api_text_note(str *notes, str beginning, str *ret)
{
    str line;

    while (str_cut(notes, '\n', &line)) {
        if (str_starts(line, beginning)) {
            *ret = str_trim(str_skip(line, beginning.n));
            return true;
        }
    }
    return false;
}

str
api_text_parameter(const struct api_text *text, const struct api_text_operation *o, str name)
{
    str notes = o != NULL ? o->notes : NO_STR, note;

    while (api_text_note(&notes, S("?"), &note)) {
        note = line_of(note, name);
        if (note.n) {
            return note;
        }
    }
    return line_of(text->parameters, name);
}
