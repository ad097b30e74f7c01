"""Where a line of C++ may be broken, and how. Pure: text in, text out.

A mutant is one small mistake such as people make: an operator turned, a constant off by one, a condition inverted, a
statement left out (DeMillo, Lipton and Sayward 1978; the operators are those that Offutt 1996 found to suffice, and the
removal of statements).
"""

import re

# Name: pattern, replacement. Each match of a pattern in a line is a place of its own.
OPERATORS = [
    ("== to !=", r"(?<![=!<>])==(?!=)", "!="),
    ("!= to ==", r"!=(?!=)", "=="),
    ("< to <=", r"(?<=[\w)\]]) < (?=[\w(-])", " <= "),
    ("<= to <", r" <= ", " < "),
    ("> to >=", r"(?<=[\w)\]]) > (?=[\w(-])", " >= "),
    (">= to >", r" >= ", " > "),
    ("&& to ||", r" && ", " || "),
    ("|| to &&", r" \|\| ", " && "),
    ("+ to -", r"(?<=[\w)\]]) \+ (?=[\w(])", " - "),
    ("- to +", r"(?<=[\w)\]]) - (?=[\w(])", " + "),
    ("+= to -=", r" \+= ", " -= "),
    ("-= to +=", r" -= ", " += "),
    ("true to false", r"\btrue\b", "false"),
    ("false to true", r"\bfalse\b", "true"),
    ("if inverted", r"\bif \((?!constexpr)(?=[\w!*])(?=[^;]*\)\s*(?:\{|return|$))", None),
    ("0 to 1", r"(?<![\w.\"'])0(?![\w.\"'xb])", "1"),
    ("1 to 2", r"(?<![\w.\"'])1(?![\w.\"'xb])", "2"),
]
# A statement of its own that may be missing: a call or an assignment, on one line.
STATEMENT = re.compile(r"^\s+[\w:>.\-\[\]*()]+(?:\(.*\)| [-+|&]?= .*);$")
NO_STATEMENT = re.compile(r"^\s*(?:return|throw|using|auto|const|case|static|delete|break|continue|else|for|while|if)\b")
# Lines whose breaking says nothing about tests.
DULL = re.compile(r"^\s*(?://|/\*|\*|#|static_assert|BOOST_|CAF_|template|using |namespace |public:|private:|protected:)"
                  r"|fault_point\(|reserve\(|noexcept\(|\blog\(|say\(|= default|= delete|\boperator")


def without_strings(line):
    """Returns the line with what is inside quotes blanked out, and its comment cut off."""
    blank = re.sub(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)\'', lambda found: '"' + " " * (len(found[0]) - 2) + '"', line)
    return blank.split("//")[0].rstrip("\n")


def inverted(line, begin):
    """Returns the line with the condition of the `if (` at `begin` negated, or None when it does not end on it."""
    depth = 0
    start = line.index("(", begin)
    for place in range(start, len(line)):
        depth += {"(": 1, ")": -1}.get(line[place], 0)
        if depth == 0:
            inside = line[start + 1 : place]
            if ";" in inside or re.match(r"(?:const )?auto\b", inside):
                return None
            return f"{line[: start + 1]}!({inside}){line[place:]}"
    return None


def of_line(line):
    """Returns every mutant of a line: (what was done, the new line)."""
    if DULL.search(line):
        return []
    bare = without_strings(line)
    found = []
    for name, pattern, to in OPERATORS:
        for match in re.finditer(pattern, bare):
            new = inverted(line, match.start()) if to is None else line[: match.start()] + to + line[match.end() :]
            if new is not None:
                found.append((name, new))
    if STATEMENT.match(bare) and not NO_STATEMENT.match(bare):
        found.append(("statement removed", re.match(r"\s*", line)[0] + ";\n"))
    return found


def of_text(text):
    """Returns every mutant of a file: (line number from 1, what was done, the new line)."""
    return [
        (number, name, new)
        for number, line in enumerate(text.splitlines(keepends=True), 1)
        for name, new in of_line(line)
        if new != line
    ]


def apply(text, number, new):
    """Returns the text with line `number` replaced."""
    lines = text.splitlines(keepends=True)
    lines[number - 1] = new
    return "".join(lines)
