/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT field_write
#include "field_sample.h"

#include "model/field/field_internal.h"

#define ID1 "11111111-1111-4111-8111-111111111111"

static const char *const full_body =
    "{\"ownerId\":\"" ID1 "\",\"name\":\"Ann\",\"note\":\"n\",\"code\":\"c\",\"secret\":\"shown\","
    "\"hidden\":\"hush\",\"password\":\"pw\",\"url\":\"a:b\",\"email\":\"a@b\","
    "\"birthDate\":\"2001-12-31\",\"language\":\"km\",\"active\":false,\"debug\":true,\"size\":9,"
    "\"expiry\":5,\"color\":\"Blue\",\"shade\":\"Red\",\"tags\":[\"t\"],\"urls\":[\"x:y\"],"
    "\"grants\":[\"device\"],\"people\":[\"" ID1 "\"],\"languages\":[\"en\"],"
    "\"limits\":{\"enabled\":true,\"count\":2,\"note\":\"q\",\"token\":\"tok\","
    "\"mainKey\":{\"name\":\"m\"}},\"keys\":[{\"name\":\"k\",\"secret\":\"ks\"}],"
    "\"data\":{\"d\":[]},\"labels\":{\"l\":\"\"}}";

static struct sample
full_sample(struct bench *b)
{
    struct sample s;

    REQUIRE(read_sample(b, FIELD_CREATE, str_from(full_body), &s));
    memset(s.id.b, 0xab, sizeof s.id.b);
    s.made = 77;
    return s;
}

TEST(the_api_sees_no_write_only_member_and_no_unshown_secret)
{
    struct bench *b = bench_new();
    struct sample s = full_sample(b);

    EXPECT_STR(written(b, &sample_table, FIELD_FOR_API, &s),
        S("{\"id\":\"abababab-abab-abab-abab-abababababab\",\"ownerId\":\"" ID1
          "\",\"name\":\"Ann\","
          "\"note\":\"n\",\"code\":\"c\",\"secret\":\"shown\",\"url\":\"a:b\",\"email\":\"a@b\","
          "\"birthDate\":\"2001-12-31\",\"language\":\"km\",\"active\":false,\"debug\":true,"
          "\"size\":9,\"insertInstant\":77,\"expiry\":5,\"color\":\"Blue\",\"shade\":\"Red\","
          "\"tags\":[\"t\"],\"urls\":[\"x:y\"],\"grants\":[\"device\"],\"people\":[\"" ID1 "\"],"
          "\"languages\":[\"en\"],\"limits\":{\"enabled\":true,\"count\":2,\"note\":\"q\","
          "\"mainKey\":{\"name\":\"m\"}},\"keys\":[{\"name\":\"k\"}],\"data\":{\"d\":[]},"
          "\"labels\":{\"l\":\"\"}}"));
    bench_end(b);
}

TEST(the_api_sees_empty_lists_and_objects_but_no_empty_values)
{
    struct bench *b = bench_new();
    struct sample s;

    field_defaults(b->arena, &sample_table, &s);
    EXPECT_STR(written(b, &sample_table, FIELD_FOR_API, &s),
        S("{\"note\":\"empty note\",\"active\":true,\"debug\":false,\"size\":7,\"color\":\"Green\","
          "\"tags\":[],\"urls\":[],\"grants\":[\"code\",\"refresh\"],\"people\":[],\"languages\":[]"
          ","
          "\"limits\":{\"enabled\":false,\"count\":0,\"note\":\"none\",\"mainKey\":{}},\"keys\":[],"
          "\"data\":{},\"labels\":{}}"));
    bench_end(b);
}

TEST(an_empty_text_shows_where_its_default_is_not_empty)
{
    struct bench *b = bench_new();
    struct sample s;

    field_defaults(b->arena, &sample_table, &s);
    s.note = NO_STR;
    str text = written(b, &sample_table, FIELD_FOR_API, &s);
    EXPECT(has(text, "\"note\":\"\"") && !has(text, "\"name\""));
    bench_end(b);
}

TEST(storage_holds_what_differs_from_the_default)
{
    struct bench *b = bench_new();
    struct sample s;

    field_defaults(b->arena, &sample_table, &s);
    s.made = 5;
    s.password = S("pw");
    EXPECT_STR(written(b, &sample_table, FIELD_FOR_STORE, &s), S("{}"));
    s.name = S("Ann");
    s.note = NO_STR;
    s.hidden = S("h");
    s.grants.count = 0;
    s.limits.main_key.added = 1;
    EXPECT_STR(written(b, &sample_table, FIELD_FOR_STORE, &s),
        S("{\"name\":\"Ann\",\"note\":\"\",\"hidden\":\"h\",\"grants\":[],"
          "\"limits\":{\"mainKey\":{\"added\":1}}}"));
    bench_end(b);
}

TEST(the_audit_log_sees_no_secret_and_no_person)
{
    struct bench *b = bench_new();
    struct sample s = full_sample(b);
    str text = written(b, &sample_table, FIELD_FOR_AUDIT, &s);

    EXPECT(has(text, "\"secret\":\"***\"") && has(text, "\"hidden\":\"***\""));
    EXPECT(has(text, "\"password\":\"***\"") && has(text, "\"email\":\"***\""));
    EXPECT(has(text, "\"birthDate\":\"***\"") && has(text, "\"token\":\"***\""));
    EXPECT(!has(text, "shown") && !has(text, "hush") && !has(text, "pw") && !has(text, "a@b"));
    EXPECT(!has(text, "2001") && !has(text, "tok\"") && !has(text, "ks"));
    EXPECT(has(text, "\"name\":\"Ann\""));
    bench_end(b);
}

TEST(members_can_be_written_into_an_open_object)
{
    struct bench *b = bench_new();
    struct sample_key key = {.name = S("k")};
    struct json_out out;
    struct buf buf;
    str text;

    buf_init(&buf, b->arena, 100);
    json_out_init(&out, &buf);
    json_out_object(&out);
    json_put_bool(&out, S("first"), true);
    field_write_members(&sample_key_table, FIELD_FOR_API, &key, &out);
    json_put_bool(&out, S("last"), true);
    json_out_object_end(&out);
    REQUIRE(buf_done(&buf, &text));
    EXPECT_STR(text, S("{\"first\":true,\"name\":\"k\",\"last\":true}"));
    bench_end(b);
}

static uint32_t
dice(struct unit_rng *rng, uint32_t sides)
{
    uint32_t n;

    rng_fill(&rng->rng, &n, sizeof n);
    return n % sides;
}

static str
random_text(struct bench *b, struct unit_rng *rng)
{
    static const char *const pieces[] = {
        "a", "Z", " ", "\"", "\\", "\n", "\t", "\xc3\xa9", "\xf0\x9f\x98\x80", "/", "0", "\x01"};
    str text = NO_STR;

    for (uint32_t n = dice(rng, 8); n > 0; n--) {
        text = str_fmt(b->arena, STRF "%s", STRV(text), pieces[dice(rng, (uint32_t)COUNT(pieces))]);
    }
    return text;
}

static void random_members(
    struct bench *b, struct unit_rng *rng, const struct field_table *table, void *object);

static size_t
count_names(const struct field *f)
{
    size_t n = 0;

    while (f->more.names[n] != NULL) {
        n++;
    }
    return n;
}

static void
random_texts(
    struct bench *b, struct unit_rng *rng, const struct field *f, struct field_texts *texts)
{
    texts->count = dice(rng, 4);
    texts->items = ARENA_ARRAY(b->arena, 4, str);
    for (size_t i = 0; i < texts->count; i++) {
        texts->items[i] = f->kind == FIELD_UUIDS ? S(ID1) : random_text(b, rng);
    }
}

static void
random_member(struct bench *b, struct unit_rng *rng, const struct field *f, void *member)
{
    struct field_list *list = member;

    switch (field_facts[f->kind].store) {
    case FIELD_AS_STR:
        *(str *)member = f->kind == FIELD_JSON || f->kind == FIELD_TEXT_MAP
                             ? (dice(rng, 2) ? S("{\"x\":[1,{}]}") : NO_STR)
                             : random_text(b, rng);
        break;
    case FIELD_AS_UUID:
        rng_fill(&rng->rng, member, dice(rng, 2) * sizeof(struct uuid));
        break;
    case FIELD_AS_BOOL:
        *(bool *)member = dice(rng, 2);
        break;
    case FIELD_AS_I64:
        rng_fill(&rng->rng, member, dice(rng, 9));
        break;
    case FIELD_AS_ENUM:
        *(int *)member = (int)dice(rng, (uint32_t)count_names(f));
        break;
    case FIELD_AS_TEXTS:
        random_texts(b, rng, f, member);
        break;
    case FIELD_AS_OBJECT:
        random_members(b, rng, f->more.table, member);
        break;
    case FIELD_AS_OBJECTS:
        list->count = dice(rng, 3);
        list->items = arena_array(b->arena, 3, f->more.table->size);
        for (size_t i = 0; i < list->count; i++) {
            random_members(b, rng, f->more.table, (char *)list->items + i * f->more.table->size);
        }
        break;
    case FIELD_AS_MAP: /* field_map_test.c */
    case FIELD_AS_NOTHING:
        break;
    }
}

/* Half of the members stay as they are by default. */
static void
random_members(struct bench *b, struct unit_rng *rng, const struct field_table *table, void *object)
{
    field_defaults(b->arena, table, object);
    for (size_t i = 0; i < table->count; i++) {
        const struct field *f = &table->fields[i];
        if (dice(rng, 2) && !(f->flags & (FIELD_READ_ONLY | FIELD_NOT_STORED))) {
            random_member(b, rng, f, field_of(f, object));
        }
    }
}

TEST(whatever_is_stored_is_read_back)
{
    struct unit_rng rng = unit_rng_new(20);
    size_t longest = 0;

    for (int round = 0; round < 2000; round++) {
        struct bench *b = bench_new();
        struct sample s, back;
        random_members(b, &rng, &sample_table, &s);
        str text = written(b, &sample_table, FIELD_FOR_STORE, &s);
        REQUIRE(read_sample(b, FIELD_STORED, text, &back));
        cr_assert(
            field_same_object(&sample_table, &s, &back), "round %d: " STRF, round, STRV(text));
        EXPECT_STR(written(b, &sample_table, FIELD_FOR_STORE, &back), text);
        longest = MAX(longest, text.n);
        bench_end(b);
    }
    EXPECT(longest > 500);
}

TEST(what_the_api_wrote_is_accepted_back)
{
    struct bench *b = bench_new();
    struct sample s = full_sample(b), same = s;
    str text = written(b, &sample_table, FIELD_FOR_API, &s);
    static const enum field_mode modes[] = {FIELD_PATCH, FIELD_PATCH_APPEND};

    for (size_t i = 0; i < COUNT(modes); i++) {
        same = s;
        REQUIRE(read_sample(b, modes[i], text, &same));
        EXPECT_STR(written(b, &sample_table, FIELD_FOR_API, &same), text);
        EXPECT_STR(same.hidden, S("hush"));
    }
    same = s;
    REQUIRE(read_sample(b, FIELD_REPLACE, text, &same));
    EXPECT_STR(written(b, &sample_table, FIELD_FOR_API, &same), text);
    EXPECT(same.hidden.n == 0);
    bench_end(b);
}

TEST(a_full_buffer_ends_the_writing)
{
    struct bench *b = bench_new();
    struct sample s = full_sample(b);
    size_t length = written(b, &sample_table, FIELD_FOR_STORE, &s).n;

    for (size_t max = 0; max <= length; max++) {
        struct json_out out;
        struct buf buf;
        str text;
        buf_init(&buf, b->arena, max);
        json_out_init(&out, &buf);
        field_write(&sample_table, FIELD_FOR_STORE, &s, &out);
        EXPECT(buf_done(&buf, &text) == (max == length));
    }
    bench_end(b);
}
