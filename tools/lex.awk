# SPDX-License-Identifier: Apache-2.0
# Reads C just well enough for the checks: code_of(line) gives a line without its comments and with its
# strings emptied; what it took away is left in lex_comment, lex_strings and lex_slashes.
# Call lex_start() at the first line of each file: a comment may span lines.

function lex_start() { lex_open = 0 }

function code_of(line,    out, end, text) {
    out = lex_comment = lex_strings = ""
    lex_slashes = 0
    while (line != "") {
        if (lex_open) {
            end = index(line, "*/")
            if (end == 0) { lex_comment = lex_comment line; return out }
            lex_comment = lex_comment substr(line, 1, end - 1) " "
            line = substr(line, end + 2)
            lex_open = 0
            out = out " "
        } else if (!match(line, /["'\/]/)) {
            return out line
        } else {
            out = out substr(line, 1, RSTART - 1)
            line = substr(line, RSTART)
            if (substr(line, 1, 2) == "/*") { lex_open = 1; line = substr(line, 3) }
            else if (substr(line, 1, 2) == "//") { lex_slashes = 1; return out }
            else if (substr(line, 1, 1) == "/") { out = out "/"; line = substr(line, 2) }
            else if (match(line, /^"([^"\\]|\\.)*"/)) {
                text = substr(line, 2, RLENGTH - 2)
                lex_strings = lex_strings text
                line = substr(line, RLENGTH + 1)
                out = out "\"\""
            } else if (match(line, /^'([^'\\]|\\.)*'/)) { line = substr(line, RLENGTH + 1); out = out "' '" }
            else return out
        }
    }
    return out
}
