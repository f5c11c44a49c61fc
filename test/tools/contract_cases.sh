# SPDX-License-Identifier: Apache-2.0
# Cases of the check that every operation was called: a run that left out one answer, and one that left out none.

# contract FACT WANTED SED-SCRIPT: what a run noted, after the script, and what is said of it.
contract() {
    wanted contract || return 0
    awk '{ print $3, 200; print $3, 404 }' "$here/../e2e/operations.txt" | sed "$3" >"$tree/calls"
    out=$("$tools/node" "$here/../e2e/contract_check.mjs" "$tree/calls")
    printf '%s\n' "$out" | grep -qxF "$2"
    verdict $? "contract: $1 (wanted $2)" "$out"
}
contract 'every answer is there' '1 passed, 0 failed' ''
contract 'a success is missing' 'the contract: retrieveUser was answered without a success (404)' '/^retrieveUser 200$/d'
contract 'a refusal is missing' 'the contract: deleteTheme was answered without a refusal (200)' '/^deleteTheme 404$/d'
contract 'an operation is missing' 'the contract: createForm was answered without a refusal (never called)' '/^createForm /d'
