/* Owns the check of tests: that their facts, pins, DNS lines and expectations make sense.
 * Must never know: how a test is run. */
#include "facts/outcome.h"
#include "facts/vocabulary.h"
#include "grammar/codes.h"
#include "grammar/compile.h"
#include "grammar/test_lists.h"

static const char *value_form(enum field_type type) {
  static const char *const forms[] = {
      [FIELD_BOOL] = "true, false",           [FIELD_INT] = "a whole number",
      [FIELD_STRING] = "a string in quotes",  [FIELD_NAME] = "a name in quotes",
      [FIELD_ADDRESS] = "a bare address",     [FIELD_MAILBOX] = "a mailbox in quotes",
      [FIELD_MAILBOX_LIST] = "mailboxes in quotes, with commas between them",
  };
  return forms[type];
}

/* A number or a bool is never empty. */
static void bad_value(struct compilation *c, struct span span, const struct field_info *field) {
  bool numeric = field->type == FIELD_BOOL || field->type == FIELD_INT;
  const char *range = field->range->words;
  report(c->diags, BAD_TEST, span, "`%s` cannot be this", field->name);
  diag_help(c->diags, "it is %s%s%s%s or unknown", value_form(field->type), range[0] ? ", " : "", range,
            !numeric ? ", none (known and empty)" : range[0] ? "," : "");
}

static bool is_word(const struct atom *atom, const char *word) {
  return atom->kind == ATOM_WORD && text_is(atom->text, word);
}

static bool number_fits(const struct atom *atom, const struct field_range *range) {
  int64_t number = atom->number.milli / 1000;
  return atom->kind == ATOM_NUMBER && atom->number.milli % 1000 == 0 && number >= range->least && number <= range->most;
}

static bool atom_fits(const struct atom *atom, const struct field_info *field) {
  switch (field->type) {
    case FIELD_BOOL: return is_word(atom, "true") || is_word(atom, "false");
    case FIELD_INT: return number_fits(atom, field->range);
    case FIELD_ADDRESS: return atom->kind == ATOM_ADDRESS || (atom->kind == ATOM_STRING && atom->text.len == 0);
    default: return atom->kind == ATOM_STRING;
  }
}

static void one_value(struct compilation *c, const struct test_line *line, const struct field_info *field) {
  report(c->diags, BAD_TEST, line->span, "`%s` takes one value", field->name);
  diag_help(c->diags, "write a test for each value; only lists such as rcpt take several");
}

static void check_fact(struct compilation *c, struct test_line *line) {
  line->index = (uint32_t)words_find_fact(&c->words, line->word.text);
  const struct field_info *field = words_fact(&c->words, line->index);
  if (!field) {
    report(c->diags, UNKNOWN_NAME, line->word.span, "there is no fact `%.*s`", TEXT_ARG(line->word.text));
    struct nearest nearest = nearest_start(line->word.text);
    for (size_t f = 0; words_fact(&c->words, f); f++)
      nearest_offer(&nearest, text_from(words_fact(&c->words, f)->name));
    if (nearest_good(&nearest))
      diag_help(c->diags, "did you mean `%.*s`?", TEXT_ARG(nearest.best));
    else
      diag_help(c->diags, "`assay facts` lists them");
    return;
  }
  bool alone = line->atoms && !line->atoms->next;
  if (alone && (is_word(line->atoms, "unknown") || is_word(line->atoms, "none"))) {
    bool numeric = field->type == FIELD_BOOL || field->type == FIELD_INT;
    if (numeric && is_word(line->atoms, "none")) bad_value(c, line->atoms->span, field);
    return;
  }
  if (!alone && line->atoms && field->type != FIELD_MAILBOX_LIST)
    one_value(c, line, field);
  for (const struct atom *atom = line->atoms; atom; atom = atom->next)
    if (!atom_fits(atom, field)) bad_value(c, atom->span, field);
}

/* The first line of each fact in a test: of two, one would not be looked at. */
struct given {
  const struct test_line *first[FIELD_COUNT + HOST_FACTS_MAX];
};

static void check_once(struct compilation *c, struct given *given, const struct test_line *line) {
  const struct field_info *field = words_fact(&c->words, line->index);
  if (!field) return;
  const struct test_line *first = given->first[line->index];
  if (!first) {
    given->first[line->index] = line;
    return;
  }
  report(c->diags, DUPLICATE, line->word.span, "`%s` is given twice in this test", field->name);
  diag_second(c->diags, first->word.span, "first given here");
  if (field->type == FIELD_MAILBOX_LIST)
    diag_help(c->diags, "several values stand in one line: %s \"a@example.org\", \"b@example.org\"", field->name);
  else
    diag_help(c->diags, "write a test for each value");
}

/* --- dns lines --- */

static const struct {
  const char *word;
  bool by_address; /* the question is an address */
  bool addresses;  /* the answers are */
} records[] = {{"A", false, true},   {"AAAA", false, true}, {"PTR", true, false},   {"MX", false, false},
               {"TXT", false, false}, {"NS", false, false},  {"DNSBL", false, true}};

static bool is_outcome(const struct atom *atom) {
  enum outcome outcome = atom->kind == ATOM_WORD ? outcome_find(atom->text) : OUTCOME_COUNT;
  return outcome != OUTCOME_COUNT && outcome_infos[outcome].told;
}

#define WORD_yes(word) " " word
#define WORD_no(word)
static const char outcome_words[] = ""
#define OUTCOME(id, word, known, why, told) WORD_##told(word)
#include "facts/outcomes.def"
#undef OUTCOME
    ;

static void bad_dns(struct compilation *c, struct span span) {
  report(c->diags, BAD_TEST, span, "this is no answer of that record type");
}

/* MX answers are preference and name by turns; a null MX (RFC 7505) may be the empty name alone. */
static void check_mx(struct compilation *c, const struct atom *answer) {
  if (answer->kind == ATOM_STRING && answer->text.len == 0 && !answer->next) return;
  for (; answer; answer = answer->next->next)
    if (answer->kind != ATOM_NUMBER || !answer->next || answer->next->kind != ATOM_STRING) {
      bad_dns(c, answer->span);
      diag_help(c->diags, "it is MX \"example.org\" 10 \"mx.example.org\"");
      return;
    }
}

static bool is_list(size_t type) {
  return text_is(text_from(records[type].word), "DNSBL");
}

/* Of a DNS list an IPv6 answer would be dropped when the test runs, and the list then seem to answer with nothing. */
static bool answer_fits(const struct atom *answer, size_t type) {
  if (!records[type].addresses) return answer->kind == ATOM_STRING;
  return answer->kind == ATOM_ADDRESS && !(is_list(type) && answer->address.family == 6);
}

static const char *answer_form(size_t type) {
  if (is_list(type)) return "are IPv4 addresses, or";
  return records[type].addresses ? "are bare addresses, or" : "stand in quotes, or are";
}

static void check_answers(struct compilation *c, const struct atom *answer, size_t type) {
  if (!answer) return;
  if (!answer->next && is_outcome(answer)) return;
  if (text_is(text_from(records[type].word), "MX")) {
    check_mx(c, answer);
    return;
  }
  for (; answer; answer = answer->next)
    if (!answer_fits(answer, type)) {
      bad_dns(c, answer->span);
      diag_help(c->diags, "answers %s one of%s", answer_form(type), outcome_words);
      return;
    }
}

static void check_dns(struct compilation *c, struct test_line *line) {
  size_t type = 0, count = sizeof records / sizeof *records;
  while (type < count && !text_is(line->word.text, records[type].word)) type++;
  if (type == count) {
    report(c->diags, BAD_TEST, line->word.span, "`%.*s` is no record type", TEXT_ARG(line->word.text));
    diag_help(c->diags, "the types are A AAAA PTR MX TXT NS DNSBL");
    return;
  }
  line->index = (uint32_t)type;
  const struct atom *question = line->atoms, *answer = question ? question->next : NULL;
  bool dnsbl = is_list(type), asked = true;
  if (dnsbl && answer) { /* the zone, then what is asked for in it */
    asked = answer->kind == ATOM_ADDRESS || answer->kind == ATOM_STRING;
    answer = answer->next;
  }
  enum atom_kind wants = records[type].by_address ? ATOM_ADDRESS : ATOM_STRING;
  if (question->kind != wants || !asked || !answer) {
    report(c->diags, BAD_TEST, line->span, "a dns line is a record type, a question, and its answer");
    diag_help(c->diags, dnsbl                       ? "it is DNSBL \"zone.example\" 192.0.2.1 127.0.0.2"
                        : records[type].by_address ? "it is PTR 192.0.2.1 \"mx.example.org\""
                                                   : "it is A \"mx.example.org\" 192.0.2.1");
    return;
  }
  check_answers(c, answer, type);
}

/* --- rules, exemptions, actions --- */

static void check_symbol(struct compilation *c, struct test_line *line, enum symbol_kind kind) {
  const struct symbol *symbol = symbol_expect(c, line->word, kind);
  if (symbol) line->index = symbol->index;
}

static void check_action(struct compilation *c, struct test_line *line) {
  static const char *const words[] = {"accept", "tag", "greylist", "defer", "reject", "discard"};
  for (uint32_t a = 0; a < ACTION_COUNT; a++)
    if (text_is(line->word.text, words[a])) line->index = a;
  if (line->index != NO_INDEX) return;
  report(c->diags, BAD_ACTION, line->word.span, "`%.*s` is no action", TEXT_ARG(line->word.text));
  diag_help(c->diags, "the actions are accept, tag, greylist, defer, reject and discard");
}

static void check_line(struct compilation *c, struct test_line *line) {
  if (line->kind == LINE_FACT) check_fact(c, line);
  if (line->kind == LINE_DNS) check_dns(c, line);
  if (line->kind == LINE_PIN) check_symbol(c, line, SYMBOL_RULE);
  if (line->kind != LINE_EXPECT) return;
  if (line->expect == EXPECT_RULE) check_symbol(c, line, SYMBOL_RULE);
  if (line->expect == EXPECT_EXEMPT) check_symbol(c, line, SYMBOL_EXEMPT);
  if (line->expect == EXPECT_ACTION) check_action(c, line);
}

static void check_test(struct compilation *c, struct test_tree *test) {
  bool expects = test->rule != NO_INDEX;
  struct given given = {0};
  for (struct test_line *line = test->lines; line; line = line->next) {
    check_line(c, line);
    if (line->kind == LINE_FACT) check_once(c, &given, line);
    if (line->kind == LINE_LIST || line->kind == LINE_MAP) test_lists_take(c, test, line);
    expects |= line->kind == LINE_EXPECT;
  }
  if (expects) return;
  report(c->diags, BAD_TEST, test->span, "this test expects nothing");
  diag_help(c->diags, "add a line such as `expect HELO_EMPTY` or `expect action accept`");
}

void tests_check(struct compilation *c) {
  for (size_t r = 0; r < c->rules.count; r++)
    for (struct test_tree *test = c->rules.at[r].body->tests; test; test = test->next) check_test(c, test);
  for (size_t i = 0; i < c->tests.count; i++) check_test(c, c->tests.at[i]);
}
