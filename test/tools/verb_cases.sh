# SPDX-License-Identifier: Apache-2.0
# Cases of the tools behind the verbs: where, count_unit, warnings, tidy.

# says FACT WANTED-LINE OUTPUT: the output holds that line.
says() { printf '%s\n' "$3" | grep -qxF -e "$2"; verdict $? "$1 (wanted $2)" "$3"; }

if wanted where; then
    endpoint() {
        raw src/app/routes.c <<'EOF'
static const struct route routes[] = {
    { GET,  "/oauth2/authorize", authorize_endpoint, AUTH_NONE },
    { POST, "/oauth2/token", token_endpoint, AUTH_CLIENT },
    { GET,  "/api/user/{id?}", user_read, AUTH_KEY },
};
EOF
        printf 'enum err\ntoken_endpoint(struct rq *rq)\n{\n    db_one(db, CODE_CONSUME, rq);\n}\n' | raw src/flow/oauth/token/token_endpoint.c
        printf '#define CODE_SQL(X) \\\n    X(CODE_CONSUME, DB_DATA, "UPDATE")\n' | raw src/model/code/code_sql.h
        printf 'it("x", () => post("/oauth2/token"));\n' | raw test/e2e/token_test.mjs
        echo | raw test/flow/oauth/token/token_endpoint_test.c
    }
    ask() { ROOT=$tree "$tools/where" "$1" 2>&1; }
    endpoint
    out=$(ask /oauth2/token)
    says "where: the row" 'route    src/app/routes.c:3:    { POST, "/oauth2/token", token_endpoint, AUTH_CLIENT },' "$out"
    says "where: the handler" 'handler  src/flow/oauth/token/token_endpoint.c:2  token_endpoint' "$out"
    says "where: the statements" 'uses     src/model/code/code_sql.h:2  CODE_CONSUME' "$out"
    says "where: the unit test" 'unit     test/flow/oauth/token/token_endpoint_test.c' "$out"
    says "where: the tests" 'test     test/e2e/token_test.mjs:1:it("x", () => post("/oauth2/token"));' "$out"
    endpoint
    says "where: a segment in braces matches any" 'route    src/app/routes.c:4:    { GET,  "/api/user/{id?}", user_read, AUTH_KEY },' "$(ask /api/user/17)"
    endpoint
    says "where: a last segment with ? matches none too" 'route    src/app/routes.c:4:    { GET,  "/api/user/{id?}", user_read, AUTH_KEY },' "$(ask /api/user)"
    endpoint
    says "where: an unknown path is said to be one" 'no route has the path /oauth2/tokens' "$(ask /oauth2/tokens)"
fi

if wanted count_unit; then
    part() { printf '==== %s ====\ntest:   cardea:base / %s\nresult: exit status %s\n---- stderr ----\n%s\n=====\n\n' "$1" "$2" "$3" "$4"; }
    synthesis() { printf '[====] Synthesis: Tested: %s | Passing: %s | Failing: %s | Crashing: %s ' "$(($1 + $2 + $3))" "$1" "$2" "$3"; }
    counted() {     # counted FACT WANTED, of the log in the tree
        says "count_unit: $1" "$2" "$("$tools/count_unit" "$tree/log")"
    }
    { part 1/2 a 0 "$(synthesis 3 0 0)"; part 2/2 b 0 "$(synthesis 4 0 0)"; } >"$tree/log"
    counted "programs are added up" "7 passed, 0 failed"
    { part 1/2 a 1 "$(synthesis 3 1 1)"; part 2/2 b 0 "$(synthesis 4 0 0)"; } >"$tree/log"
    counted "failing and crashing tests fail" "7 passed, 2 failed"
    part 1/1 a 1 "out of memory" >"$tree/log"
    counted "a program that never came to a verdict fails" "0 passed, 1 failed"
    part 1/1 a 0 "$(synthesis 3 0 0)
==7==ERROR: LeakSanitizer: detected memory leaks" >"$tree/log"
    counted "a leak after the verdict fails" "3 passed, 1 failed"
    part 1/1 a 0 "fine" >"$tree/log"
    counted "a program of another kind is one test" "1 passed, 0 failed"
fi

# A project of one file for the checks that compile: project BODY-OF-F.
project() {
    cp "$here/../../.clang-tidy" "$tree/"
    printf "project('x', 'c', default_options: ['c_std=gnu17', 'warning_level=2', 'werror=true'])\nstatic_library('a', 'src/base/a.c')\n" | raw meson.build
    echo "option('tests', type: 'boolean', value: false)" | raw meson_options.txt
    printf 'int f(int n);\nint\nf(int n)\n{\n%s\n}\n' "$1" | file src/base/a.c
}
if command -v meson >/dev/null && command -v clang-tidy >/dev/null; then
    if wanted warnings; then
        project '    return n;'
        good warnings "a clean file compiles"
        project '    int unused = 1;
    return n;'
        bad warnings "a warning is an error" "src/base/a.c:7:9: error: unused variable"
    fi
    if wanted tidy; then
        project '    return n;'
        good tidy "a clean file passes"
        project '    int *p = n > 0 ? &n : 0;

    return *p;'
        bad tidy "a pointer that may be NULL is refused" "src/base/a.c:9:12: Dereference of null pointer"
        project '    if (n > 1)
        return 2;
    return n;'
        bad tidy "an if without braces is refused" "src/base/a.c:7:15: statement should be inside braces"
    fi
fi
