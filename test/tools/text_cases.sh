# SPDX-License-Identifier: Apache-2.0
# Cases of the checks that read text: comments, banned, paths, sql. Words that the checks refuse are made of
# two halves here, so that this file itself passes them.
note=TO'DO'
home=/ho'me'

file src/base/a.c <<'EOF'
static int a = 1; /* why, and https://example.test is no comment */
static const char *b = "// text /* text";
EOF
good comments "plain comments and strings pass"
raw src/base/a.c <<'EOF'
static int a;
EOF
bad comments "a file without a licence line is refused" "src/base/a.c:1: the first line"
raw src/base/a.c <<'EOF'
/* SPDX-License-Identifier: Apache-2.0 */
static int a;
EOF
bad comments "a file that does not say what it is is refused" "src/base/a.c:2: a header comment"
file src/base/a.c <<'EOF'
static int a; // why
EOF
bad comments "a line comment is refused" "src/base/a.c:3: comments are written"
file src/base/a.c <<'EOF'
/* first
 * second */ static int a; // third
EOF
bad comments "a line comment behind a block is seen" "src/base/a.c:4: comments are written"
printf 'static int a; /* caf\303\251 */\n' | file src/base/a.c
bad comments "other than ASCII is refused" "src/base/a.c:3: only ASCII"
file src/base/a.c <<EOF
/* $note: later */
EOF
bad comments "a note of unfinished work is refused" "src/base/a.c:3: a note of unfinished work"
raw test/e2e/a.mjs <<EOF
// $note later
EOF
bad comments "a note in a test script is refused too" "test/e2e/a.mjs:1: a note of unfinished work"
file src/base/a.c <<'EOF'
/* mkstemp wants XXXXXX here */
EOF
good comments "a name that holds such a word passes"
file src/base/a.c <<'EOF'
/* a_close(rq->db, 1); */
EOF
bad comments "a call commented out is refused" "src/base/a.c:3: code in a comment"
file src/base/a.c <<'EOF'
#if 0
#endif
EOF
bad comments "code switched off is refused" "src/base/a.c:3: code switched off"

file src/codec/a.c <<'EOF'
/* strcpy(a, b) */
static const char *a = "sprintf(a)";
int n = rq->rng->random(1) + my_strtok(2) + x.system(3);
EOF
good banned "names in comments, strings, members and longer names pass"
for name in strcpy strcat sprintf vsprintf atoi atol strtok strncpy localtime gmtime rand srand random system popen alloca; do
    printf 'static int f(void) { return %s(1); }\n' "$name" | file src/base/a.c
    bad banned "$name is refused, also in base" "src/base/a.c:3: $name is banned"
done
for name in memcmp malloc calloc realloc free strdup; do
    printf 'static int f(void) { return %s (1); }\n' "$name" | file src/codec/a.c
    bad banned "$name is refused above base" "src/codec/a.c:3: $name is banned"
    printf 'static int f(void) { return %s(1); }\n' "$name" | file src/base/a.c
    good banned "$name is for base"
done
file src/model/a.c <<'EOF'
static void f(void) { on_end(x, free); }
EOF
bad banned "free handed on is refused" "src/model/a.c:3: free is banned"
file src/model/a.c <<'EOF'
static long f(void) { return time(NULL); }
EOF
bad banned "a clock outside base/clock.c is refused" "src/model/a.c:3: time is banned"
file src/base/clock.c <<'EOF'
static long f(void) { return clock_gettime(1, 2); }
EOF
good banned "base/clock.c reads the clock"
file test/codec/a_test.c <<'EOF'
static void f(void) { sprintf(a, "x"); }
EOF
bad banned "tests are looked at too" "test/codec/a_test.c:3: sprintf is banned"
file src/flow/a.c <<'EOF'
static void f(void) { exit(1); }
EOF
bad banned "only app ends the process" "src/flow/a.c:3: exit is banned"

raw docs/a.md <<'EOF'
See /etc/cardea, https://example.test/home/page, /homepage, ./some/x and /rootless.
EOF
good paths "places of every machine pass"
raw docs/a.md <<EOF
fine
see $home/anna/x
EOF
bad paths "somebody's home is refused" "docs/a.md:2: names a place of one machine"
raw Makefile <<EOF
X="$home"
EOF
bad paths "a home alone is refused" "Makefile:1: names a place of one machine"

file src/model/user/user_sql.h <<'EOF'
#define USER_SQL(X) \
    X(USER_BY_ID, DB_DATA, "SELECT id FROM user" \
                           " WHERE id = $1") \
    X(USER_DELETE, DB_DATA, "DELETE FROM user WHERE id = $1")
EOF
good sql "different statements pass"
file src/model/user/user_sql.h <<'EOF'
#define USER_SQL(X) \
    X(USER_BY_ID, DB_DATA, "SELECT id FROM user" \
                           " WHERE id = $1") \
    X(USER_GET, DB_DATA, "SELECT id FROM user  WHERE id = $1")
EOF
bad sql "the same text twice is refused, however it is broken" "src/model/user/user_sql.h:6: USER_GET has the text of USER_BY_ID"
file src/model/user/user_sql.h <<'EOF'
    X(A, DB_DATA, "SELECT 1")
EOF
file src/model/key/key_sql.h <<'EOF'
    X(A, DB_DATA, "SELECT 2")
EOF
bad sql "the same name in two files is refused" "src/model/user/user_sql.h:3: A is also at src/model/key/key_sql.h:3"
