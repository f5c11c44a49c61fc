# SPDX-License-Identifier: Apache-2.0
# Cases of the checks that read the shape of the tree: layers, limits, names, rooms, format.

include() {     # include PATH INCLUDE GOOD-or-PLACE FACT
    printf '#include %s\n' "$2" | file "$1"
    if [ "$3" = good ]; then good layers "$4"; else bad layers "$4" "$1:3: $3"; fi
}
include src/io/http/http.c '"base/str.h"' good "a lower layer may be included"
include src/model/user/user.c '"model/key/key.h"' good "the same layer may be included"
include src/codec/json.c '"io/http/http.h"' "codec (layer 1) includes io/http/http.h (layer 3)" "a higher layer may not"
include src/base/str.c '"lib/x.h"' '"lib/x.h": lib is no layer' "there are no other layers"
include src/base/str.c '"x.h"' '"x.h" is not in this folder' "a bare name is a file beside"
include src/flow/oauth/token_code.c '"flow/oauth/token_internal.h"' good "a room's own files may be included"
include src/flow/oauth/token_code.c '"flow/oauth/token.h"' good "a room's own header may be included"
include src/flow/oauth/token_code.c '"flow/oauth/oauth_internal.h"' good "a wing's own header may be included"
include src/flow/oauth/token/token_code.c '"flow/oauth/oauth_internal.h"' good "also by a room with a folder"
include src/flow/oauth/token_code.c '"flow/oauth/device.h"' "a flow room includes another room" "a sister room may not"
include src/flow/oauth/token/token_code.c '"flow/oauth/device/device.h"' "a flow room includes another room" "a sister with a folder may not"
include src/flow/oauth/token.c '"flow/signin/signin_internal.h"' "a flow room includes another room" "another wing's header may not"
include src/flow/oauth/token.c '"flow/signin/password.h"' "a flow room includes another room" "another wing's room may not"
include src/app/routes.c '"flow/signin/password.h"' good "app includes every room"
include src/model/user/user.c '"crypto/crypto_internal.h"' "an _internal.h stays in its folder" "an internal header is not for others"
include src/crypto/hash.c '<openssl/evp.h>' good "OpenSSL is for crypto"
include src/io/http/tls.c '<openssl/ssl.h>' good "and for TLS"
include src/model/key/key.c '<openssl/evp.h>' "<openssl/evp.h> may be included only in src/crypto" "but not above"
include src/codec/jwt.c '<sodium.h>' "<sodium.h> may be included only" "nor is libsodium"
include src/io/db/sqlite.c '<sqlite3.h>' good "SQLite is for io/db"
include src/model/user/user.c '<sqlite3.h>' "<sqlite3.h> may be included only" "and not for others"
include src/flow/api/user.c '<curl/curl.h>' "<curl/curl.h> may be included only" "libcurl is for fetch and mail"
include src/codec/json.c '<jansson.h>' "<jansson.h> may be included only in test" "jansson is for tests"
file src/codec/a.c <<'EOF'
/* #include "io/http/http.h"
#include "io/http/http.h"
*/
EOF
good layers "an include in a comment is none"
file src/flow/api/user.c <<'EOF'
static const char *q = "UPDATE user SET name = $1";
EOF
bad layers "SQL in a handler is refused" "src/flow/api/user.c:3: SQL outside"
file src/model/user/user.c <<'EOF'
static const char *q = "SELECT id"
                       " FROM user";
EOF
bad layers "SQL beside its own header is refused" "src/model/user/user.c:3: SQL outside"
file src/model/user/user_sql.h <<'EOF'
static const char *q = "UPDATE user SET name = $1";
EOF
good layers "SQL stands in _sql.h"
file src/flow/api/user.c <<'EOF'
static const char *a = "UPDATE your profile", *b = "DELETE", *c = "Select a user from the list";
EOF
good layers "words that look like SQL pass"

body() { printf 'static int\n%s(void)\n{\n' "$1"; lines "$2" "    x++;"; printf '}\n'; }
body f 57 | file src/base/a.c
good limits "60 lines are allowed"
body f 58 | file src/base/a.c
bad limits "61 lines are not" "src/base/a.c:4: f has 61 lines"
body f 58 | file src/base/a.c
echo "src/base/a.c f a table that must stand in one piece" | raw tools/limits.allow
good limits "61 lines with a reason are"
body f 98 | file src/base/a.c
echo "src/base/a.c f a table that must stand in one piece" | raw tools/limits.allow
bad limits "101 lines are not, whatever the reason" "src/base/a.c:4: f has 101 lines: 100 is never"
body f 5 | file src/base/a.c
echo "src/base/a.c f a table that must stand in one piece" | raw tools/limits.allow
bad limits "a waiver of nothing is refused" "tools/limits.allow:1: nothing to waive"
body f 58 | file src/base/a.c
echo "src/base/a.c f" | raw tools/limits.allow
bad limits "a waiver without a reason is refused" "tools/limits.allow:1: a waiver is"
{ printf '#define TEST(name) static void name(void)\nTEST(rfc_says_so)\n{\n'; lines 60 "    x++;"; printf '}\n'; } | file test/base/a_test.c
bad limits "a test is a function too" "test/base/a_test.c:4: rfc_says_so has 63 lines"
printf 'MUST_USE int\nf(int a, int (*b)(int, int), int c, int d, int e, int g)\n{\n}\n' | file src/base/a.c
good limits "six parameters are allowed, a callback is one"
printf 'MUST_USE int\nf(int a, int b, int c, int d, int e, int g,\n    int h)\n{\n}\n' | file src/base/a.c
bad limits "seven are not" "src/base/a.c:4: f has 7 parameters"
lines 596 "static int x;" | file src/base/a.c
lines 198 "extern int x;" | file src/base/a.h
good limits "598 and 200 lines are allowed"
lines 599 "static int x;" | file src/base/a.c
bad limits "a file of 601 lines is not" "src/base/a.c:1: 601 lines"
lines 199 "extern int x;" | file src/base/a.h
bad limits "a header of 201 lines is not" "src/base/a.h:1: 201 lines"
lines 999 "static int x;" | file src/base/a.c
echo "src/base/a.c - a table" | raw tools/limits.allow
bad limits "a file of 1001 lines is not, whatever the reason" "src/base/a.c:1: 1001 lines: 1000 is never"
file src/base/a.c <<'EOF'
int
f(int a)
{
    static const struct {
        struct { int n[2]; } in;
    } t[] = {{{{1, 2}}}, {{{3, 4}}}};
    if (a) {
        do {
            switch (a) {
            case 1:
                g((struct x){(struct y){{{1}}}});
            }
        } while (a--);
    } else if (a == 2) {
        a = 3;
    }
    return (struct x){1}.n;
}
EOF
good limits "three levels are allowed, data are no levels"
file src/base/a.c <<'EOF'
int
f(int a)
{
    for (;;) {
        while (a &&
            (a + 1)) {
            if (a) {
            } else {
                LIST_EACH(x, list) {
                    a++;
                }
            }
        }
    }
}
EOF
bad limits "four are not" "src/base/a.c:11: f nests 4 deep"

public() { printf 'int\n%s(void)\n{\n    return 1;\n}\nstatic int\nhelp(void)\n{\n    return 1;\n}\n' "$1"; }
public json_take | file src/codec/json_out.c
echo | file test/codec/json_test.c
echo | file src/codec/json.c
good names "a file's word is its functions' word; the word's test is its test"
public token_endpoint | file src/flow/oauth/token/token_endpoint.c
echo | file test/flow/oauth/token/token_endpoint_test.c
good names "tests mirror the sources"
public take | file src/codec/json.c
echo | file test/codec/json_test.c
bad names "another word is refused" "src/codec/json.c:4: take is public"
public json_take | file src/codec/json.c
bad names "a file without a test is refused" "src/codec/json.c:4: no test/codec/**/json_test.c"
public json_take | file src/codec/json.c
echo | file test/io/json_test.c
bad names "a test in another layer does not count" "src/codec/json.c:4: no test/codec/**/json_test.c"
public json_take | file src/codec/json.c
echo "src/codec/*.c test proven end to end" | raw tools/names.allow
good names "a reason in names.allow is heard"
echo | file src/codec/json.c
echo "src/codec/*.c test proven end to end" | raw tools/names.allow
bad names "an exception for nothing is refused" "tools/names.allow:1: excuses nothing"
echo | file src/io/db/sqlite_writer.c
echo | file test/io/db/sqlite_writer_crash_test.c
good names "a test may be of one side of a file"
echo | file test/codec/jsno_test.c
bad names "a test of nothing is refused" "test/codec/jsno_test.c:1: no source"

echo 'int a;' | file src/codec/json.c
printf 'codec: text\nFiles json.c, test/codec/*_test.c, json.*, stdio.h and /.well-known/a.c\n' | raw src/codec/README
echo | file test/codec/json_test.c
good rooms "a README that names what exists passes"
echo 'int a;' | file src/codec/json.c
bad rooms "a room without README is refused" "src/codec/README:1: the room has no README"
echo 'int a;' | file src/codec/json.c
printf 'codec: text\nFiles json.c form.c\n' | raw src/codec/README
bad rooms "a file that is not there is named" "src/codec/README:2: names form.c"
printf 'json: text\n' | raw src/codec/README
bad rooms "a README begins with its folder" "src/codec/README:1: must begin"
{ echo 'codec: text'; lines 25 x; } | raw src/codec/README
bad rooms "a README is short" "src/codec/README:26: "

if command -v clang-format >/dev/null; then
    cp "$here/../../.clang-format" "$tree/"
    printf 'int\nf(void)\n{\n    return 1;\n}\n' | file src/base/a.c
    good format "the house's format passes"
    cp "$here/../../.clang-format" "$tree/"
    printf 'int f(void)\n{\n  return 1;\n}\n' | file src/base/a.c
    bad format "another is refused" "src/base/a.c:3: not as clang-format writes it"
fi
