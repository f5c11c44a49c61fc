# SPDX-License-Identifier: Apache-2.0
# Cases of the check that reads a binary: each protection is left out once, and must be missed.

hard='-O2 -fPIE -pie -fcf-protection=full -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
    -Wl,-z,relro,-z,now,-z,noexecstack'
# binary FACT WANTED FLAG...: compiles a small program hardened, then with the flags that take a part away.
binary() {
    wanted hardening || { clean; return 0; }
    fact=$1 want=$2
    shift 2
    raw a.c <<'EOF'
#include <stdio.h>
#include <string.h>
int
main(int argc, char **argv)
{
    char text[64];

    memcpy(text, argv[0], (size_t)argc * 3);
    return puts(text);
}
EOF
    # shellcheck disable=SC2086
    if gcc $hard "$@" "$tree/a.c" -o "$tree/a" 2>"$tree/log"; then
        out=$("$tools/check_hardening" "$tree/a" 2>&1)
        if [ "$want" = good ]; then [ $? -eq 0 ] && [ -z "$out" ]; else [ $? -ne 0 ] && case "$out" in *"$want"*) ;; *) false ;; esac; fi
        verdict $? "hardening: $fact" "$out"
    else
        verdict 1 "hardening: $fact" "$(cat "$tree/log")"
    fi
}
if command -v gcc >/dev/null && command -v readelf >/dev/null; then
    binary "the release's flags pass" good
    binary "a program at a fixed place is refused" "position independent" -fno-PIE -no-pie
    binary "lazy binding is refused" "binds lazily" -Wl,-z,lazy
    binary "writable relocations are refused" "RELRO" -Wl,-z,norelro
    binary "an executable stack is refused" "executable stack" -Wl,-z,execstack
    binary "no canary is refused" "stack protector" -fno-stack-protector
    binary "unchecked calls are refused" "FORTIFY" -D_FORTIFY_SOURCE=0
    binary "a run path is refused" "run path" -Wl,-rpath,/opt/lib
    [ "$(uname -m)" != x86_64 ] || binary "unmarked branch targets are refused" "branch targets" -fcf-protection=none
fi
