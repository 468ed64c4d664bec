"""Compares every prototype, struct, callback and enumeration of the binding with include/assay/*.h."""

import ctypes
import re
import subprocess
import unittest

from assay import _enums, _ffi, _ffi_dns, _resolver, _vocabulary
from support import SOURCE, Folder

# The structs of the headers by their C names; the others are objects that only the library looks into.
STRUCTS = {
    "assay_place": _ffi.Place, "assay_diag": _ffi.Diag, "assay_diag_code": _ffi.DiagCode,
    "assay_fact_info": _ffi.FactInfo, "assay_function_info": _ffi.FunctionInfo,
    "assay_property_info": _ffi.PropertyInfo, "assay_rule_info": _ffi.RuleInfo,
    "assay_ruleset_stats": _ffi.RulesetStats, "assay_test_result": _ffi.TestResult, "assay_hit": _ffi.Hit,
    "assay_unknown": _ffi.Unknown, "assay_question": _ffi.Question, "assay_value": _ffi.Value,
    "assay_loader": _ffi.Loader, "assay_function": _ffi.Function, "assay_compile_options": _ffi.CompileOptions,
    "assay_record": _ffi_dns.Record, "assay_answer": _ffi_dns.Answer,
    "assay_resolver_options": _ffi_dns.ResolverOptions, "assay_dns_usage": _ffi_dns.DnsUsage,
    "assay_resolver_stats": _ffi_dns.ResolverStats,
}
# The binding leaves memory to malloc, and settings to Python's own libraries.
UNUSED_STRUCTS = {"assay_alloc", "assay_setting_form", "assay_setting", "assay_setting_value"}

# enumeration: (class, prefix of its members)
ENUMS = {
    "assay_status": (_enums.Status, "ASSAY_"), "assay_action": (_enums.Action, "ASSAY_"),
    "assay_why": (_enums.Why, "ASSAY_"), "assay_severity": (_enums.Severity, "ASSAY_"),
    "assay_type": (_enums.Type, "ASSAY_TYPE_"), "assay_question_type": (_enums.QuestionType, "ASSAY_QUESTION_"),
    "assay_outcome": (_enums.Outcome, "ASSAY_OUTCOME_"), "assay_iprev": (_enums.Iprev, "ASSAY_IPREV_"),
}
# Facts go by name, and a test below holds their numbers to the table.
UNUSED_ENUMS = {"assay_fact", "assay_setting_kind"}

SCALARS = {"size_t": ctypes.c_size_t, "int64_t": ctypes.c_int64, "unsigned": ctypes.c_uint, "bool": ctypes.c_bool,
           "double": ctypes.c_double, "int": ctypes.c_int, "uint32_t": ctypes.c_uint32, "uint64_t": ctypes.c_uint64}
CALLBACKS = {"assay_write_fn": _ffi.WriteFn, "assay_function_fn": _ffi.FunctionFn, "assay_answer_fn": _ffi_dns.AnswerFn,
             "assay_answers_fn": _ffi_dns.AnswersFn, "assay_scored_fn": _ffi_dns.ScoredFn,
             "assay_watch_fn": _ffi_dns.WatchFn}


def headers():
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((SOURCE / "include/assay").glob("*.h")))
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    return re.sub(r"^#(?:[^\n]*\\\n)*[^\n]*", " ", text, flags=re.M)


TEXT = headers()


def enum_names():
    return set(re.findall(r"typedef enum (\w+)", TEXT))


def split(text):
    """At the commas that stand in no parentheses."""
    parts, depth = [""], 0
    for char in text:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts if part.strip() not in ("", "void")]


def ctype(text, data=False):
    """The ctypes type of a C declaration. data: a text that comes with a length and may hold any byte."""
    function = re.fullmatch(r"(.+?)\(\*\w*\)\((.*)\)", text)
    if function:
        return "callback", ctype(function[1].strip()), tuple(map(ctype, split(function[2])))
    base = re.sub(r"\bconst\b", " ", text)
    stars = base.count("*")
    words = base.replace("*", " ").split()
    base = words[0]
    if base == "void":
        return ctypes.c_void_p if stars else None
    if base == "char":
        single = ctypes.c_void_p if data else ctypes.c_char_p
        return single if stars == 1 else ctypes.POINTER(single)
    if base in CALLBACKS:
        return CALLBACKS[base]
    plain = SCALARS.get(base) or (ctypes.c_int if base in enum_names() else STRUCTS.get(base))
    if plain is None:                                   # an object, or memory that is left alone
        return ctypes.c_void_p if stars == 1 else ctypes.POINTER(ctypes.c_void_p)
    return ctypes.POINTER(plain) if stars else plain


def same(ours, theirs):
    if isinstance(theirs, tuple):                       # a callback: its result and arguments
        _, result, arguments = theirs
        got = tuple(ours._argtypes_)
        return ours._restype_ == result and len(got) == len(arguments) and all(map(same, got, arguments))
    return ours is theirs


def declared(text):
    """(name, C text of the type) of the members of a struct."""
    for statement in filter(None, map(str.strip, text.split(";"))):
        pointer = re.fullmatch(r".+\(\*(\w+)\)\(.*\)", statement, re.S)
        if pointer:
            yield pointer[1], statement
            continue
        first, *more = split(statement)
        kind, stars, name = re.fullmatch(r"(.+?)([\s*]+)(\w+)", first, re.S).groups()
        yield name, kind + stars
        for other in more:
            own, name = re.fullmatch(r"(\**)(\w+)", other).groups()
            yield name, f"{kind} {own}"


class Functions(unittest.TestCase):
    def prototypes(self):
        found = re.findall(r"ASSAY_API\s+([^;]+?)(\w+)\(((?:[^()]|\([^()]*\))*)\)\s*;", TEXT)
        self.assertEqual(len(found), TEXT.count("ASSAY_API"))
        return {name: (result, arguments) for result, name, arguments in found}

    def test_every_prototype(self):
        rows = {row[0]: row[1:] for row in _ffi.LONG + _ffi.SHORT}
        self.assertEqual(len(rows), len(_ffi.LONG + _ffi.SHORT))
        prototypes = self.prototypes()
        self.assertEqual(sorted(rows), sorted(prototypes))
        for name, (result, arguments) in prototypes.items():
            with self.subTest(name):
                ours_result, ours = rows[name]
                self.assertIs(ours_result, ctype(result))
                wanted = [ctype(" ".join(part.split())) for part in split(arguments)]
                self.assertEqual(len(ours), len(wanted))
                for mine, theirs in zip(ours, wanted):
                    self.assertTrue(same(mine, theirs), f"{mine} for {theirs}")

    def test_callbacks(self):
        data = {"assay_write_fn": (1,), "assay_answers_fn": (2,)}                 # these texts have lengths
        found = re.findall(r"typedef (\w+) \(\*(\w+)\)\(([^)]*)\)", TEXT)
        self.assertEqual(sorted(name for _, name, _ in found), sorted(CALLBACKS))
        for result, name, arguments in found:
            with self.subTest(name):
                wanted = [ctype(part, index in data.get(name, ())) for index, part in enumerate(split(arguments))]
                self.assertTrue(same(CALLBACKS[name], ("callback", ctype(result), tuple(wanted))))


class Structs(Folder):
    def structs(self):
        return dict(re.findall(r"typedef struct (\w+) \{(.*?)\} \1;", TEXT, re.S))

    def test_members(self):
        structs = self.structs()
        self.assertEqual(sorted(structs), sorted(set(STRUCTS) | UNUSED_STRUCTS))
        for name, ours in STRUCTS.items():
            members = [(member, " ".join(kind.split())) for member, kind in declared(structs[name])]
            self.assertEqual([field[0] for field in ours._fields_], [member for member, _ in members], name)
            with_length = {"assay_value": {"bytes"}, "assay_record": {"bytes"}}.get(name, ())
            for (member, mine), (_, kind) in zip(ours._fields_, members):
                with self.subTest(struct=name, member=member):
                    self.assertTrue(same(mine, ctype(kind, member in with_length)), f"{mine} for {kind}")

    def test_layout(self):
        lines = []
        for name, ours in STRUCTS.items():
            lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
            for member, *_ in ours._fields_:
                lines.append(f'printf("{name}.{member} %zu\\n", offsetof({name}, {member}));')
        for name in enum_names():
            lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
        said = self.run_c(lines)
        expected = {}
        for name, ours in STRUCTS.items():
            expected[name] = ctypes.sizeof(ours)
            expected.update({f"{name}.{member[0]}": getattr(ours, member[0]).offset for member in ours._fields_})
        expected.update({name: ctypes.sizeof(ctypes.c_int) for name in enum_names()})
        self.assertEqual(said, expected)

    def test_enumerations(self):
        enums = dict(re.findall(r"typedef enum (\w+) \{(.*?)\}", TEXT, re.S))
        self.assertEqual(sorted(enums), sorted(set(ENUMS) | UNUSED_ENUMS))
        expected = {}
        for name, (ours, prefix) in ENUMS.items():
            members = [part.split("=")[0].strip() for part in split(enums[name])]
            self.assertEqual([member.name for member in ours], [word[len(prefix):] for word in members], name)
            expected.update({prefix + member.name: member.value for member in ours})
        lines = [f'printf("{word} %zu\\n", (size_t){word});' for word in expected]
        self.assertEqual(self.run_c(lines), expected)

    def test_limits(self):
        said = self.run_c(['printf("most %zu\\n", (size_t)ASSAY_ARGUMENTS_MAX);'])
        self.assertEqual(said["most"], _vocabulary._ARGUMENTS_MOST)

    def test_defaults(self):
        names = sorted(_resolver._DEFAULTS)
        unnamed = {member for member, *_ in _ffi_dns.ResolverOptions._fields_} - set(names)
        self.assertEqual(unnamed, {"size", "alloc", "servers"})
        lines = ["assay_resolver_options o = ASSAY_RESOLVER_OPTIONS_INIT;"]
        lines += [f'printf("{name} %zu\\n", (size_t)o.{name});' for name in names]
        self.assertEqual(self.run_c(lines), _resolver._DEFAULTS)

    def run_c(self, lines):
        body = "\n  ".join(lines)
        text = f"#include <assay/assay.h>\n#include <stdio.h>\nint main(void) {{\n  {body}\n  return 0;\n}}\n"
        program = self.compile_c(text, "layout")
        said = subprocess.run([program], check=True, capture_output=True, text=True).stdout
        return {name: int(number) for name, number in map(str.split, said.splitlines())}


class Words(unittest.TestCase):
    def test_enumerations_print_as_the_library_does(self):
        for action in _enums.Action:
            self.assertEqual(f"{action}", _ffi.lib.assay_action_text(action).decode())
        for why in _enums.Why:
            self.assertEqual(str(why), _ffi.lib.assay_why_text(why).decode())
        for question in _enums.QuestionType:
            self.assertEqual(question.name, _ffi.lib.assay_question_type_text(question).decode())
        for outcome in _enums.Outcome:
            self.assertEqual(str(outcome), _ffi.lib.assay_outcome_text(outcome).decode())
        for iprev in _enums.Iprev:
            self.assertEqual(str(iprev), _ffi.lib.assay_iprev_text(iprev).decode())

    def test_facts_have_their_numbers(self):
        from assay._tables import SLOTS
        for name, slot in SLOTS.items():
            number = ctypes.c_int(-1)
            self.assertEqual(_ffi.lib.assay_fact_find(ctypes.byref(number), name.encode(), len(name)), 0)
            self.assertEqual(number.value, slot.number.value, name)

    def test_types_print_as_the_table_says(self):
        import assay
        for fact in assay.facts():
            self.assertEqual(str(fact.type), fact.type_name)


if __name__ == "__main__":
    unittest.main()
