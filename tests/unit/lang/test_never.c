/* The test of what is said about conditions that can never hold or never fail: random ones are compiled, and whatever
 * the lint says of them is asked of random connections. One that gives the lie to it is a failure. */
#include <assay/assay.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TEXTS = 150, RULES = 120, LETS = 6, CONNECTIONS = 250, CLAIMS_MAX = 1000 };

/* --- what is asked, and of which values --- */

#define COUNT(table) (sizeof table / sizeof *table)

static const char *const ints[] = {
    "client.port",    "session.hour",     "session.weekday",           "mail.size",      "rcpt.count",
    "helo.labels",    "length(helo)",     "length(rcpt)",              "digits(helo)",   "edit_distance(helo, \"mx\")",
    "client.port + 1", "client.port * 2", "-session.hour",             "session.hour - session.weekday",
    "mail.size + client.port", "session.weekday * session.weekday", "length(auth.user)", "n", "3",
};
static const char *const numbers[] = {"-1", "0", "1", "2", "3", "6", "7", "8", "23", "24", "65535", "65536", "131070"};
static const char *const compares[] = {"==", "!=", "<", "<=", ">", ">="};
static const char *const names[] = {"helo", "client.rdns", "helo.tld", "helo.label(0)", "mail.from.domain"};
static const char *const name_texts[] = {"\"\"", "\"a\"", "\"b\"", "\"mx.example\"", "\"MX.Example.\"", "\"192.0.2.1\"",
                                         "\"[192.0.2.1]\"", "\".\"", "\"a..b\"", "\"example\""};
static const char *const strings[] = {"auth.user", "helo.raw", "mail.from.local", "lower(helo)"};
static const char *const string_texts[] = {"\"\"", "\"a\"", "\"A\"", "\"b\"", "\"mx.example\""};
static const char *const mailbox_texts[] = {"\"\"", "\"a@b.example\"", "\"A@B.example\"", "\"c@b.example\"", "\"a@\""};
static const char *const mailbox_items[] = {"\"a@b.example\"", "\"c@B.example\"", "\"@b.example\"", "\"a@\"",
                                            "\"x@y\""};
static const char *const addresses[] = {"client.ip", "server.ip", "helo.address"};
static const char *const address_texts[] = {"192.0.2.1", "10.0.0.1", "2001:db8::1", "127.0.0.1", "192.0.2.129"};
static const char *const networks[] = {"192.0.2.0/24",   "192.0.2.0/25", "192.0.2.128/25", "10.0.0.0/8", "0.0.0.0/0",
                                       "2001:db8::/32", "::/0",         "192.0.2.1",      "0.0.0.0/1",  "128.0.0.0/1",
                                       "224.0.0.0/4",   "::1"};
static const char *const address_bits[] = {"is_empty",      "is_v4",        "is_v6",       "is_loopback", "is_private",
                                           "is_link_local", "is_multicast", "is_reserved", "is_global"};
static const char *const others[] = {
    "tls.verified", "tls.verified == false", "rcpt", "helo =~ /a/", "helo !~ /a/", "helo under \"example\"",
    "helo not under \"example\"", "client.port < server.port", "client.port >= server.port", "helo == client.rdns",
    "helo != client.rdns", "any(rcpt) == \"a@b.example\"", "any(rcpt).local == \"a\"", "helo in { \"a\", /x/ }",
    "helo in listed", "helo not in listed", "contains(helo, \"a\")", "entropy(helo) >= 0", "entropy(helo) < 0",
    "entropy(helo) > 0.5", "entropy(helo) <= 0.5", "entropy(helo)", "embeds_address(helo, 192.0.2.1)",
    "embeds_address(helo, 10.0.0.1)", "R0", "R1", "score of (R0, R1) >= 1", "score of (R0, R1) < 0.5", "auth.user == s",
    "auth.user.is_empty", "mail.from.is_empty", "helo in { }", "true", "false",
};

/* Values of the facts; those of numbers, and those of texts. */
static const struct {
  const char *fact;
  const char *values[16];
} draws[] = {
    {"client.port", {"0", "1", "2", "3", "6", "7", "8", "23", "24", "65534", "65535"}},
    {"server.port", {"0", "1", "65535"}},
    {"session.hour", {"0", "1", "2", "3", "6", "7", "8", "22", "23"}},
    {"session.weekday", {"1", "2", "3", "4", "5", "6", "7"}},
    {"mail.size", {"0", "1", "2", "3", "6", "7", "8", "23", "24", "65535", "65536", "9223372036854775807"}},
    {"rcpt.count", {"0", "1", "2", "3", "7", "24", "65536", "131070"}},
    {"helo",
     {"", " ", "a", "b", "mx.example", "MX.EXAMPLE.", "192.0.2.1", "[192.0.2.1]", "[192", ".", "a..b", "a_b.c", "-a.b",
      "a b", "1.2.3", "10.0.0.1"}},
    {"client.rdns",
     {"", "a", "b", "mx.example", "192.0.2.1", "[192.0.2.1]", ".", "a..b", "\xc3\xbc.example", "\xff", "x.y1"}},
    {"auth.user", {"", "a", "A", "b", "mx.example", "aaaaaaa", "aaaaaaaa"}},
    {"mail.from", {"", "a@b.example", "<C@b.example>", "x@y", "a@", "nope", "a@mx.example", "b@a"}},
    {"rcpt", {"", "a@b.example", "x@y"}},
    {"client.ip",
     {"", "192.0.2.1", "192.0.2.129", "10.0.0.1", "127.0.0.1", "2001:db8::1", "::1", "8.8.8.8", "224.0.0.1", "2a00::1",
      "fe80::1", "169.254.0.1"}},
    {"server.ip", {"", "192.0.2.1", "10.0.0.1", "2001:db8::1", "ff02::1", "1.1.1.1"}},
    {"tls.verified", {"true", "false"}},
};

/* What the lint says: that a condition never hits, or never misses. */
struct claim {
  bool hits;
  char *text;
  size_t line;
};

struct world {
  uint64_t seed;
  char *text;
  size_t len;
  struct claim claims[CLAIMS_MAX];
  size_t claim_count;
  char prelude[4000];
};

static unsigned pick(struct world *w, size_t below) {
  w->seed ^= w->seed << 13;
  w->seed ^= w->seed >> 7;
  w->seed ^= w->seed << 17;
  return (unsigned)((w->seed >> 16) % below);
}

#define PICK(table) (table)[pick(w, COUNT(table))]

/* --- conditions --- */

static const char *pick_bit(struct world *w) {
  size_t count = 0;
  const assay_property_info *info;
  for (size_t i = 0; (info = assay_property_at(i)); i++)
    count += strcmp(info->type, "name") == 0 && strcmp(info->result, "bool") == 0;
  size_t nth = pick(w, count);
  for (size_t i = 0;; i++) {
    info = assay_property_at(i);
    if (strcmp(info->type, "name") == 0 && strcmp(info->result, "bool") == 0 && nth-- == 0) return info->name;
  }
}

/* `( ` stands nowhere else: claim_of_numbers looks for it. */
static void write_set(struct world *w, FILE *out, const char *value, const char *const *items, size_t count) {
  fprintf(out, "( %s %s { ", value, pick(w, 2) ? "in" : "not in");
  for (unsigned i = 0, n = 1 + pick(w, 4); i < n; i++) fprintf(out, "%s%s", i ? ", " : "", items[pick(w, count)]);
  fputs(" })", out);
}

static void write_text_leaf(struct world *w, FILE *out, const char *value, const char *const *texts, size_t count,
                            const char *const *items, size_t item_count) {
  switch (pick(w, 4)) {
    case 0: fputs(value, out); break;
    case 1: write_set(w, out, value, items, item_count); break;
    default: fprintf(out, "%s %s %s", value, compares[pick(w, 2)], texts[pick(w, count)]); break;
  }
}

/* Facts are few, so that the parts of a condition often speak of the same. */
static void write_leaf(struct world *w, FILE *out, unsigned kind) {
  const char *value;
  switch (kind) {
    case 0:
      value = PICK(ints);
      if (pick(w, 8) == 0) fputs(value, out);
      else if (pick(w, 4) == 0) write_set(w, out, value, numbers, COUNT(numbers));
      else if (pick(w, 4) == 0) fprintf(out, "%s %s %s", PICK(numbers), PICK(compares), value);
      else fprintf(out, "%s %s %s", value, PICK(compares), PICK(numbers));
      break;
    case 1:
      write_text_leaf(w, out, PICK(names), name_texts, COUNT(name_texts), name_texts, COUNT(name_texts));
      break;
    case 2: fprintf(out, "%s.%s", names[pick(w, 2)], pick_bit(w)); break;
    case 3:
      value = PICK(strings);
      write_text_leaf(w, out, value, string_texts, COUNT(string_texts), string_texts, COUNT(string_texts));
      break;
    case 4:
      write_text_leaf(w, out, "mail.from", mailbox_texts, COUNT(mailbox_texts), mailbox_items, COUNT(mailbox_items));
      break;
    case 5:
      value = PICK(addresses);
      if (pick(w, 3) == 0) fprintf(out, "%s.%s", value, PICK(address_bits));
      else write_text_leaf(w, out, value, address_texts, COUNT(address_texts), networks, COUNT(networks));
      break;
    default: fputs(PICK(others), out); break;
  }
}

static void write_tree(struct world *w, FILE *out, unsigned depth, unsigned kind) {
  static const char *const between[] = {" and ", " and ", " or ", ", ", ", ", ", ", ", "};
  static const char *const heads[] = {"(", "(", "(", "all of (", "any of (", "none of (", "1 of ("};
  unsigned dice = pick(w, 10);
  if (depth == 0 || dice < 2) {
    write_leaf(w, out, pick(w, 6) ? kind : pick(w, 7));
  } else if (dice == 2) {
    fprintf(out, "l%u", pick(w, LETS));
  } else if (dice < 5) {
    fputs("not (", out);
    write_tree(w, out, depth - 1, kind);
    fputc(')', out);
  } else {
    unsigned form = pick(w, COUNT(heads)), parts = 2 + pick(w, 3);
    fputs(heads[form], out);
    for (unsigned i = 0; i < parts; i++) {
      if (i) fputs(between[form], out);
      write_tree(w, out, depth - 1, kind);
    }
    fputc(')', out);
  }
}

static void write_rule(FILE *out, const char *letter, size_t number, const char *when) {
  fprintf(out, "rule %s%zu { describe \"d\" score 1 when %s test hit { } test miss { } }\n", letter, number, when);
}

/* Everything that conditions name. */
static void write_prelude(struct world *w) {
  FILE *out = fmemopen(w->prelude, sizeof w->prelude, "w");
  assert_non_null(out);
  fputs("list listed : name { \"a\", \"mx.example\" }\nlet n = client.port * 3\nlet s = \"a\"\n", out);
  write_rule(out, "R", 0, "helo == \"a\"");
  write_rule(out, "R", 1, "tls.verified");
  for (unsigned i = 0; i < LETS; i++) {
    fprintf(out, "let l%u = true and ", i);
    write_leaf(w, out, pick(w, 7));
    fputc('\n', out);
  }
  assert_int_equal(fclose(out), 0);
}

static void make_text(struct world *w) {
  write_prelude(w);
  FILE *out = open_memstream(&w->text, &w->len);
  assert_non_null(out);
  fputs(w->prelude, out);
  for (unsigned r = 0; r < RULES; r++) {
    char *when;
    size_t len;
    FILE *tree = open_memstream(&when, &len);
    assert_non_null(tree);
    write_tree(w, tree, pick(w, 4), pick(w, 7));
    assert_int_equal(fclose(tree), 0);
    write_rule(out, "T", r, when);
    free(when);
  }
  assert_int_equal(fclose(out), 0);
}

/* --- what is said of them, as conditions --- */

static const char *line_at(const char *text, unsigned line) {
  for (; line > 1; line--) text = strchr(text, '\n') + 1;
  return text;
}

static char *place_text(const struct world *w, const assay_place *place) {
  assert_int_equal(place->line, place->end_line);
  return strndup(line_at(w->text, place->line) + place->column - 1, place->end_column - place->column);
}

static char *joined(const char *a, const char *b, const char *c, const char *d, const char *e) {
  size_t len = strlen(a) + strlen(b) + strlen(c) + strlen(d) + strlen(e) + 1;
  char *out = malloc(len);
  assert_non_null(out);
  snprintf(out, len, "%s%s%s%s%s", a, b, c, d, e);
  return out;
}

/* A number in a set is a comparison of its own; the message shows the number alone. */
static char *claim_of_numbers(const struct world *w, const assay_diag *diag, const char *number) {
  const char *line = line_at(w->text, diag->place.line), *at = line + diag->place.column - 1;
  while (at > line && (at[0] != '(' || at[1] != ' ')) at--;
  const char *in = strstr(at, " not in {"), *brace = strchr(at, '{');
  if (!in || in > brace) in = brace - 4;
  char *value = strndup(at + 2, (size_t)(in - at - 2)), *set = strndup(brace, strcspn(brace, "}") + 1);
  char *claim = diag->second.line ? joined("(", value, " in ", set, ")") : joined("(", value, " == ", number, ")");
  free(value);
  free(set);
  return claim;
}

static void add_claim(struct world *w, const assay_diag *diag) {
  bool hits = strstr(diag->message, "never hold") != NULL;
  assert_true(hits || strstr(diag->message, "never fail") != NULL);
  char *text = place_text(w, &diag->place), *claim;
  if (text[strspn(text, "-0123456789")] == 0) {
    claim = claim_of_numbers(w, diag, text);
  } else if (diag->second.line) {
    char *before = place_text(w, &diag->second);
    claim = joined(hits ? "all of (" : "any of (", before, ", ", text, ")");
    free(before);
  } else {
    claim = joined("true and ", text, "", "", "");
  }
  free(text);
  assert_true(w->claim_count < CLAIMS_MAX);
  w->claims[w->claim_count++] = (struct claim){hits, claim, diag->place.line};
}

static assay_ruleset *compile(const char *text, size_t len, bool lint, assay_diags **diags) {
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  assay_ruleset *ruleset;
  assay_diag diag;
  options.lint = lint;
  assay_status status = assay_ruleset_compile_text(&ruleset, "random.rule", text, len, &options, diags);
  if (status != ASSAY_OK && assay_diags_at(*diags, 0, &diag) == ASSAY_OK)
    fail_msg("%u:%u: %s\n%.*s", diag.place.line, diag.place.column, diag.message,
             (int)strcspn(line_at(text, diag.place.line), "\n"), line_at(text, diag.place.line));
  assert_int_equal(status, ASSAY_OK);
  return ruleset;
}

/* What the whole rule is folded to is said by another lint, and tested there. */
static void hear_claims(struct world *w) {
  assay_diags *diags;
  assay_diag diag;
  assay_ruleset_unref(compile(w->text, w->len, true, &diags));
  for (size_t i = 0; assay_diags_at(diags, i, &diag) == ASSAY_OK; i++)
    if (strcmp(diag.code, "W302") == 0 && !strstr(diag.message, "this condition")) add_claim(w, &diag);
  assert_int_equal(assay_diags_count(diags), assay_diags_warnings(diags));
  assay_diags_free(diags);
}

/* --- whether it is so --- */

struct engine {
  assay_facts *facts;
  assay_workspace *workspace;
  assay_verdict *verdict;
};

static void engine_open(struct engine *engine) {
  assert_int_equal(assay_facts_new(&engine->facts, NULL), ASSAY_OK);
  assert_int_equal(assay_workspace_new(&engine->workspace, NULL), ASSAY_OK);
  assert_int_equal(assay_verdict_new(&engine->verdict, NULL), ASSAY_OK);
}

static void engine_close(struct engine *engine) {
  assay_verdict_free(engine->verdict);
  assay_workspace_free(engine->workspace);
  assay_facts_free(engine->facts);
}

static void draw_facts(struct world *w, assay_facts *facts) {
  assay_facts_clear(facts);
  for (size_t i = 0; i < COUNT(draws); i++) {
    assay_fact fact;
    size_t count = 0;
    while (count < COUNT(draws[i].values) && draws[i].values[count]) count++;
    const char *value = draws[i].values[pick(w, count)];
    assert_int_equal(assay_fact_find(&fact, draws[i].fact, strlen(draws[i].fact)), ASSAY_OK);
    if (pick(w, 12) == 0) continue;
    assert_int_equal(assay_facts_set(facts, fact, value, strlen(value)), ASSAY_OK);
    if (fact == ASSAY_FACT_RCPT && pick(w, 2)) assay_facts_append(facts, fact, "a@b.example", 11);
  }
}

enum { SEEN_HIT = 1, SEEN_MISS = 2 };

/* Which of the two outcomes some connection gives to each rule of a letter. */
static void search(struct world *w, struct engine *engine, const assay_ruleset *ruleset, char letter, size_t count,
                   unsigned char *seen) {
  for (unsigned c = 0; c < CONNECTIONS; c++) {
    unsigned char now[CLAIMS_MAX];
    assay_hit hit;
    assay_unknown unknown;
    memset(now, SEEN_MISS, sizeof now);
    draw_facts(w, engine->facts);
    assert_int_equal(assay_evaluate(ruleset, engine->facts, engine->workspace, engine->verdict), ASSAY_OK);
    for (size_t i = 0; assay_verdict_hit_at(engine->verdict, i, &hit) == ASSAY_OK; i++)
      if (hit.rule[0] == letter) now[strtoul(hit.rule + 1, NULL, 10)] = SEEN_HIT;
    for (size_t i = 0; assay_verdict_unknown_at(engine->verdict, i, &unknown) == ASSAY_OK; i++)
      if (unknown.rule[0] == letter) now[strtoul(unknown.rule + 1, NULL, 10)] = 0;
    for (size_t i = 0; i < count; i++) seen[i] |= now[i];
  }
}

/* The claims as rules. */
static void search_claims(struct world *w, struct engine *engine, unsigned char *seen) {
  char *text;
  size_t len;
  assay_diags *diags;
  FILE *out = open_memstream(&text, &len);
  assert_non_null(out);
  fputs(w->prelude, out);
  for (size_t i = 0; i < w->claim_count; i++) write_rule(out, "C", i, w->claims[i].text);
  assert_int_equal(fclose(out), 0);
  assay_ruleset *ruleset = compile(text, len, false, &diags);
  search(w, engine, ruleset, 'C', w->claim_count, seen);
  assay_ruleset_unref(ruleset);
  assay_diags_free(diags);
  free(text);
}

static void check_claims(struct world *w, struct engine *engine) {
  unsigned char seen[CLAIMS_MAX] = {0};
  search_claims(w, engine, seen);
  for (size_t i = 0; i < w->claim_count; i++) {
    const struct claim *claim = &w->claims[i];
    if (seen[i] & (claim->hits ? SEEN_HIT : SEEN_MISS))
      fail_msg("this can %s: %s\n%.*s", claim->hits ? "hold" : "fail", claim->text,
               (int)strcspn(line_at(w->text, (unsigned)claim->line), "\n"), line_at(w->text, (unsigned)claim->line));
  }
}

/* How many of the rules of which nothing is said were seen both to hit and to miss. */
static void count_silent(struct world *w, struct engine *engine, size_t *silent, size_t *refuted) {
  unsigned char seen[CLAIMS_MAX] = {0};
  assay_diags *diags;
  assay_ruleset *ruleset = compile(w->text, w->len, false, &diags);
  size_t first = 1;
  for (const char *at = w->prelude; (at = strchr(at, '\n')); at++) first++;
  search(w, engine, ruleset, 'T', RULES, seen);
  for (size_t r = 0; r < RULES; r++) {
    bool said = false;
    for (size_t i = 0; i < w->claim_count; i++) said |= w->claims[i].line == first + r;
    *silent += !said;
    *refuted += !said && seen[r] == (SEEN_HIT | SEEN_MISS);
  }
  assay_ruleset_unref(ruleset);
  assay_diags_free(diags);
}

static void forget(struct world *w) {
  for (size_t i = 0; i < w->claim_count; i++) free(w->claims[i].text);
  w->claim_count = 0;
  free(w->text);
  w->text = NULL;
}

static void whatever_is_said_is_so(void **state) {
  (void)state;
  struct world *w = calloc(1, sizeof *w);
  struct engine engine;
  size_t claims = 0, silent = 0, refuted = 0;
  assert_non_null(w);
  w->seed = UINT64_C(0x9e3779b97f4a7c15);
  engine_open(&engine);
  for (unsigned t = 0; t < TEXTS; t++) {
    make_text(w);
    hear_claims(w);
    check_claims(w, &engine);
    count_silent(w, &engine, &silent, &refuted);
    claims += w->claim_count;
    forget(w);
  }
  engine_close(&engine);
  free(w);
  print_message("%zu claims; of %zu rules nothing is said, and %zu of those were seen both ways\n", claims, silent,
                refuted);
  assert_true(claims > 3000);
  assert_true(refuted > silent / 3 * 2);
}

/* The search must find what is only nearly so. */
static void what_is_not_so_is_found(void **state) {
  (void)state;
  static const struct {
    bool hits;
    const char *text;
  } rows[] = {
      {true, "client.port > 65534"},
      {false, "client.port < 65535"},
      {true, "session.weekday == 7 and session.hour == 23"},
      {true, "helo == \"a\" and helo in { \"b\", \"A.\" }"},
      {true, "client.ip in 192.0.2.0/24 and client.ip not in 192.0.2.0/25"},
      {false, "client.ip.is_v4 or client.ip.is_v6"},
      {true, "helo.is_single_label and helo == \"b\""},
      {false, "digits(helo) > 0 or length(helo) < 9"},
      {true, "any(rcpt) == \"a@b.example\" and any(rcpt) == \"x@y\""},
  };
  struct world *w = calloc(1, sizeof *w);
  struct engine engine;
  unsigned char seen[CLAIMS_MAX] = {0};
  assert_non_null(w);
  w->seed = 1;
  write_prelude(w);
  for (size_t i = 0; i < COUNT(rows); i++) {
    w->claims[i] = (struct claim){rows[i].hits, strdup(rows[i].text), 1};
    w->claim_count++;
  }
  engine_open(&engine);
  for (int again = 0; again < 8; again++) search_claims(w, &engine, seen);
  for (size_t i = 0; i < COUNT(rows); i++)
    if (!(seen[i] & (rows[i].hits ? SEEN_HIT : SEEN_MISS))) fail_msg("not found: %s", rows[i].text);
  engine_close(&engine);
  forget(w);
  free(w);
}

/* The lint takes every number that a function or property gives for a count. */
static void every_count_is_tried(void **state) {
  (void)state;
  size_t seen = 0;
  const assay_function_info *function;
  const assay_property_info *property;
  for (size_t i = 0; (function = assay_function_at(i)); i++) {
    if (!strstr(function->signature, "-> int")) continue;
    bool tried = false;
    for (size_t k = 0; k < COUNT(ints); k++) {
      const char *at = strstr(ints[k], function->name);
      tried |= at && at[strlen(function->name)] == '(';
    }
    assert_true(tried);
    seen++;
  }
  for (size_t i = 0; (property = assay_property_at(i)); i++) {
    if (strcmp(property->result, "int") != 0) continue;
    assert_string_equal(property->name, "labels"); /* which is among them */
    seen++;
  }
  assert_int_equal(seen, 5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(whatever_is_said_is_so), cmocka_unit_test(what_is_not_so_is_found),
      cmocka_unit_test(every_count_is_tried),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
