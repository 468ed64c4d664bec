/* Owns the way from the lines of a test to facts and answers.
 * Must never know: how a test is judged. */
#include "lib/test_facts.h"

static bool is_word(const struct atom *atom, const char *word) {
  return atom->kind == ATOM_WORD && text_is(atom->text, word);
}

static assay_status set_one(struct facts *facts, unsigned field, const struct atom *atom) {
  switch (vocabulary_fact(facts->vocabulary, field)->type) {
    case FIELD_BOOL: return facts_set_bool(facts, field, is_word(atom, "true"));
    case FIELD_INT: return facts_set_int(facts, field, atom->number.milli / 1000);
    case FIELD_ADDRESS: {
      assay_status status = facts_set(facts, field, TEXT(""));
      if (status == ASSAY_OK && atom->kind == ATOM_ADDRESS) facts->values[field].address = atom->address;
      return status;
    }
    default: return facts_set(facts, field, atom->text);
  }
}

static assay_status set_fact(struct facts *facts, const struct test_line *line) {
  unsigned field = line->index;
  const struct atom *atom = line->atoms;
  if (is_word(atom, "unknown")) return facts_set_unknown(facts, field, WHY_NOT_YET);
  if (is_word(atom, "none")) return facts_set(facts, field, TEXT(""));
  assay_status status = set_one(facts, field, atom);
  for (atom = atom->next; atom && status == ASSAY_OK; atom = atom->next)
    status = facts_append(facts, field, atom->text);
  return status;
}

/* --- dns lines --- */

/* A line's name and answers, and the records made of these, in the arena of the facts. */
struct mock {
  assay_facts *facts;
  struct text name;
  const struct atom *answers;
  enum outcome outcome; /* that the line says in place of records; else OUTCOME_FOUND */
  VEC(const char *) records;
  VEC(size_t) lens;
};

static enum outcome told(const struct atom *answer) {
  enum outcome outcome = answer->kind == ATOM_WORD ? outcome_find(answer->text) : OUTCOME_COUNT;
  return outcome == OUTCOME_COUNT ? OUTCOME_FOUND : outcome;
}

static assay_status give(const struct mock *mock, assay_question_type type) {
  assay_answer nothing = {(assay_outcome)mock->outcome, NULL, 0};
  if (mock->outcome != OUTCOME_FOUND)
    return assay_facts_take_answer(mock->facts, type, mock->name.ptr, mock->name.len, &nothing);
  return assay_facts_answer(mock->facts, type, mock->name.ptr, mock->name.len, mock->records.at, mock->lens.at,
                            mock->records.count);
}

static void no_records(struct mock *mock) {
  mock->records.count = mock->lens.count = 0;
}

static assay_status add_record(struct mock *mock, struct text text) {
  struct arena *arena = &mock->facts->facts->arena;
  const char **record = vec_add(arena, &mock->records);
  size_t *len = record ? vec_add(arena, &mock->lens) : NULL;
  if (!len) return ASSAY_NO_MEMORY;
  *record = text.ptr;
  *len = text.len;
  return ASSAY_OK;
}

static assay_status add_address(struct mock *mock, struct addr address) {
  struct arena *arena = &mock->facts->facts->arena;
  struct buf printed;
  buf_init(&printed, mock->facts->alloc);
  addr_print(&printed, address);
  struct text text = arena_text(arena, buf_view(&printed));
  bool failed = printed.failed || arena->failed;
  buf_free(&printed);
  return failed ? ASSAY_NO_MEMORY : add_record(mock, text);
}

/* The addresses of one family among the answers. */
static assay_status give_addresses(struct mock *mock, uint8_t family) {
  assay_status status = ASSAY_OK;
  no_records(mock);
  for (const struct atom *atom = mock->answers; atom && status == ASSAY_OK; atom = atom->next)
    if (atom->kind == ATOM_ADDRESS && atom->address.family == family) status = add_address(mock, atom->address);
  return status == ASSAY_OK ? give(mock, family == 6 ? ASSAY_QUESTION_AAAA : ASSAY_QUESTION_A) : status;
}

static assay_status give_texts(struct mock *mock, assay_question_type type) {
  assay_status status = ASSAY_OK;
  no_records(mock);
  for (const struct atom *atom = mock->answers; atom && status == ASSAY_OK; atom = atom->next)
    if (atom->kind == ATOM_STRING) status = add_record(mock, atom->text);
  return status == ASSAY_OK ? give(mock, type) : status;
}

static bool line_names(const struct test_line *line, const char *type, struct text name) {
  return line->kind == LINE_DNS && text_is(line->word.text, type) && line->atoms &&
         text_eq_nocase(line->atoms->text, name);
}

/* An A line answers for both families, unless the other one has a line of its own. */
static assay_status give_both(struct mock *mock, const struct test_line *line, const struct test_line *all) {
  bool v6 = text_is(line->word.text, "AAAA"), other = false;
  for (const struct test_line *l = all; l; l = l->next) other |= line_names(l, v6 ? "A" : "AAAA", mock->name);
  assay_status status = ASSAY_OK;
  for (int family = 4; family <= 6 && status == ASSAY_OK; family += 2) {
    bool own = (family == 6) == v6;
    if (own || !other) status = give_addresses(mock, (uint8_t)family);
  }
  return status;
}

/* The name under which a DNS list is asked: reversed address or name, then the zone. */
static assay_status list_name(struct mock *mock, const struct test_line *line, struct buf *out) {
  const struct atom *subject = line->atoms->next;
  if (subject->kind == ATOM_ADDRESS) {
    addr_reverse(out, subject->address);
    size_t tail = subject->address.family == 6 ? sizeof ".ip6.arpa" - 1 : sizeof ".in-addr.arpa" - 1;
    if (!out->failed) out->len -= tail;
  } else {
    buf_text(out, subject->text);
  }
  buf_byte(out, '.');
  buf_text(out, line->atoms->text);
  mock->name = buf_view(out);
  mock->answers = subject->next;
  mock->outcome = told(mock->answers);
  return out->failed ? ASSAY_NO_MEMORY : ASSAY_OK;
}

static assay_status give_list(struct mock *mock, const struct test_line *line) {
  struct buf name;
  buf_init(&name, mock->facts->alloc);
  assay_status status = list_name(mock, line, &name);
  if (status == ASSAY_OK) status = give_addresses(mock, 4);
  buf_free(&name);
  return status;
}

/* NXDOMAIN says that the name does not exist, so it answers for every type that has no line of its own. */
static assay_status give_nxdomain(struct mock *mock, const struct test_line *all) {
  static const struct {
    const char *word;
    assay_question_type type;
  } types[] = {{"A", ASSAY_QUESTION_A},
               {"AAAA", ASSAY_QUESTION_AAAA},
               {"MX", ASSAY_QUESTION_MX},
               {"TXT", ASSAY_QUESTION_TXT},
               {"NS", ASSAY_QUESTION_NS}};
  assay_status status = ASSAY_OK;
  no_records(mock);
  for (size_t i = 0; i < sizeof types / sizeof *types && status == ASSAY_OK; i++) {
    bool own_line = false;
    for (const struct test_line *l = all; l; l = l->next)
      own_line |= line_names(l, types[i].word, mock->name) && !is_word(l->atoms->next, "nxdomain");
    if (!own_line) status = give(mock, types[i].type);
  }
  return status;
}

static assay_status set_answer(assay_facts *facts, const struct test_line *line, const struct test_line *all) {
  static const struct {
    const char *word;
    assay_question_type type;
  } types[] = {
      {"MX", ASSAY_QUESTION_MX}, {"TXT", ASSAY_QUESTION_TXT}, {"NS", ASSAY_QUESTION_NS}, {"PTR", ASSAY_QUESTION_PTR}};
  struct mock mock = {.facts = facts, .name = line->atoms->text, .answers = line->atoms->next};
  mock.outcome = told(mock.answers);
  if (text_is(line->word.text, "DNSBL")) return give_list(&mock, line);
  if (line->atoms->kind == ATOM_STRING && mock.outcome == OUTCOME_NXDOMAIN) return give_nxdomain(&mock, all);
  if (text_is(line->word.text, "A") || text_is(line->word.text, "AAAA")) return give_both(&mock, line, all);
  struct buf address;
  buf_init(&address, facts->alloc);
  if (line->atoms->kind == ATOM_ADDRESS) {
    addr_print(&address, line->atoms->address);
    mock.name = buf_view(&address);
  }
  assay_status status = address.failed ? ASSAY_NO_MEMORY : ASSAY_OK;
  for (size_t i = 0; i < sizeof types / sizeof *types && status == ASSAY_OK; i++)
    if (text_is(line->word.text, types[i].word)) status = give_texts(&mock, types[i].type);
  buf_free(&address);
  return status;
}

assay_status test_facts_fill(assay_facts *facts, const struct test_line *lines) {
  assay_status status = ASSAY_OK;
  assay_facts_clear(facts);
  assay_facts_default_why(facts, ASSAY_NEVER, ASSAY_NEVER);
  for (const struct test_line *line = lines; line && status == ASSAY_OK; line = line->next) {
    if (line->kind == LINE_FACT) status = set_fact(facts->facts, line);
    if (line->kind == LINE_DNS) status = set_answer(facts, line, lines);
  }
  return status;
}
