/* Owns the picture of a condition that shows why it answered as it did: each part, its answer, the values it saw.
 * Must never know: tests. */
#include "lib/trace.h"

#include "run/vm.h"

enum { TRACE_DEPTH_MAX = 12, TRACE_LINES_MAX = 60, VALUE_SHOWN = 80 };

struct trace {
  struct buf *out;
  const struct compilation *c;
  struct workspace *ws;
  unsigned lines;
};

static enum answer_kind answer_of(struct trace *t, const struct expr *e);

static enum answer_kind negate(enum answer_kind answer) {
  return answer == ANSWER_NO ? ANSWER_YES : answer == ANSWER_YES ? ANSWER_NO : answer;
}

/* The bit of a feature, computed now where nothing needed it before. */
static enum answer_kind bit_answer(struct trace *t, uint32_t bit) {
  uint32_t unit = t->ws->linked->verified->bit_unit[bit];
  if (unit != NO_INDEX) vm_need(t->ws, unit);
  return workspace_bit(t->ws, bit);
}

static enum answer_kind leaf_answer(struct trace *t, const struct expr *e) {
  enum answer_kind answer = bit_answer(t, e->feature);
  if (e->second != NO_INDEX) {
    enum answer_kind second = bit_answer(t, e->second);
    if (answer != ANSWER_YES && second != ANSWER_NO) answer = second;
  }
  return e->flip ? negate(answer) : answer;
}

/* Kleene's tables; of several unknown parts the first speaks. */
static enum answer_kind chain_answer(struct trace *t, const struct expr *e) {
  enum answer_kind deciding = e->kind == E_AND ? ANSWER_NO : ANSWER_YES, result = negate(deciding);
  for (size_t i = 0; i < e->count; i++) {
    enum answer_kind item = answer_of(t, e->items[i]);
    if (item == deciding) return deciding;
    if (item > ANSWER_YES && result <= ANSWER_YES) result = item;
  }
  return result;
}

static enum answer_kind count_answer(struct trace *t, const struct expr *e) {
  int64_t want = e->number.milli / 1000, sure = 0, open = 0;
  enum answer_kind unknown = ANSWER_NOT_YET;
  for (size_t i = 0; i < e->count; i++) {
    enum answer_kind item = answer_of(t, e->items[i]);
    sure += item == ANSWER_YES;
    open += item > ANSWER_YES;
    if (item > ANSWER_YES) unknown = item;
  }
  return sure >= want ? ANSWER_YES : sure + open < want ? ANSWER_NO : unknown;
}

static enum answer_kind rule_answer(struct trace *t, uint32_t rule) {
  return bit_answer(t, t->ws->linked->program->rule_bits + rule);
}

static enum answer_kind compare_answer(struct trace *t, const struct expr *e) {
  if (e->a->kind == E_SCORE_OF) {
    for (size_t i = 0; i < e->a->count; i++) rule_answer(t, e->a->items[i]->index);
    return ANSWER_NOT_YET;
  }
  enum answer_kind a = answer_of(t, e->a), b = answer_of(t, e->b);
  if (a > ANSWER_YES || b > ANSWER_YES) return a > ANSWER_YES ? a : b;
  return (a == b) == (e->op == CMP_EQ) ? ANSWER_YES : ANSWER_NO;
}

/* A let with a unit of its own is asked there: walked, a chain of lets would be walked along every path. */
static enum answer_kind let_answer(struct trace *t, const struct expr *target) {
  const struct unit *units = t->ws->linked->program->units;
  if (target->units[1] != NO_INDEX) return bit_answer(t, units[target->units[1]].bit);
  if (target->units[0] != NO_INDEX) return negate(bit_answer(t, units[target->units[0]].bit));
  return answer_of(t, target);
}

static enum answer_kind answer_of(struct trace *t, const struct expr *e) {
  switch (e->kind) {
    case E_BOOL: return e->number.milli ? ANSWER_YES : ANSWER_NO;
    case E_NOT: return negate(answer_of(t, e->a));
    case E_AND:
    case E_OR: return chain_answer(t, e);
    case E_OF: return count_answer(t, e);
    case E_RULE: return rule_answer(t, e->index);
    case E_LET:
      if (e->type == TYPE_BOOL) return let_answer(t, t->c->lets.at[e->index].expr);
      break;
    default: break;
  }
  if (e->feature == NO_INDEX) return e->kind == E_COMPARE ? compare_answer(t, e) : ANSWER_NOT_YET;
  return leaf_answer(t, e);
}

/* --- drawing --- */

static const char *answer_word(enum answer_kind answer) {
  static const char *const words[] = {"false", "true", "unknown", "unknown", "unknown"};
  return words[answer];
}

static void quoted(struct buf *out, struct text text) {
  buf_byte(out, '"');
  buf_escaped(out, text.len > VALUE_SHOWN ? text_of(text.ptr, VALUE_SHOWN) : text);
  buf_str(out, text.len > VALUE_SHOWN ? "…\"" : "\"");
}

static void draw_value(struct buf *out, const struct value *value, enum value_type type);

/* What became of a question, where that says more than the reason. */
static void draw_reason(struct buf *out, const struct value *value) {
  static const char *const reasons[] = {"not yet known", "failed for now", "unknown"};
  buf_str(out, reasons[value_why(value)]);
  if (value_why(value) == WHY_FAILED && value->outcome != OUTCOME_FAILED)
    buf_printf(out, ": %s", outcome_infos[value->outcome].word);
}

static void draw_list(struct buf *out, const struct value *value, enum value_type type) {
  buf_byte(out, '{');
  for (uint32_t i = 0; i < value->count && i < 8; i++) {
    if (i) buf_str(out, ", ");
    draw_value(out, &value->items[i], type_element(type));
  }
  buf_str(out, value->count > 8 ? ", …}" : "}");
  if (value->partial) {
    buf_str(out, ", the rest ");
    draw_reason(out, value);
  } else if (value->count == 0 && value->outcome != OUTCOME_FOUND) {
    buf_printf(out, " (%s)", outcome_infos[value->outcome].word);
  }
}

static void draw_value(struct buf *out, const struct value *value, enum value_type type) {
  if (!value->known) {
    draw_reason(out, value);
    return;
  }
  if (type_is_list(type)) {
    draw_list(out, value, type);
    return;
  }
  switch (type) {
    case TYPE_BOOL: buf_str(out, value->number ? "true" : "false"); break;
    case TYPE_INT: buf_printf(out, "%lld", (long long)value->number); break;
    case TYPE_REAL: buf_printf(out, "%.3f", value->real); break;
    case TYPE_NAME: quoted(out, value->host->raw); break;
    case TYPE_ADDRESS:
      if (value->addr.family) addr_print(out, value->addr);
      else buf_str(out, "no address");
      break;
    default: quoted(out, value->text); break;
  }
}

static void draw_slot(struct trace *t, uint32_t slot, const char *before) {
  const struct program *p = t->ws->linked->program;
  if (slot < p->constants_count) return;
  buf_printf(t->out, "%s%.*s = ", before, TEXT_ARG(p->slot_texts[slot]));
  draw_value(t->out, workspace_slot(t->ws, slot), p->slots[slot]);
}

/* What a leaf saw: its operands, and what those were computed from. */
static void draw_operands(struct trace *t, const struct expr *e) {
  const struct verified *v = t->ws->linked->verified;
  if (e->feature == NO_INDEX || v->bit_def[e->feature] == NO_INDEX) return;
  const struct insn *insn = &v->program.code[v->bit_def[e->feature]];
  struct operands operands = linked_operands(t->ws->linked, insn);
  for (unsigned i = 0; i < operands.count; i++) draw_slot(t, operands.at[i], i ? ", " : "   ; ");
}

static void draw(struct trace *t, const struct expr *e, unsigned depth);

static void draw_line(struct trace *t, const struct expr *e, unsigned depth) {
  struct text source = e->kind == E_RULE ? e->text : sources_text(&t->c->sources, e->span); /* HELO_* is several */
  if (t->lines++ >= TRACE_LINES_MAX) return;
  buf_printf(t->out, "%*s%-8s ", (int)(depth * 2 + 4), "", answer_word(answer_of(t, e)));
  bool blank = false;
  for (size_t i = 0; i < source.len && i < 120; i++) {
    bool space = strchr(" \t\r\n", source.ptr[i]) && source.ptr[i];
    if (!(space && blank)) buf_byte(t->out, space ? ' ' : source.ptr[i]);
    blank = space;
  }
  draw_operands(t, e);
  buf_byte(t->out, '\n');
}

static void draw_parts(struct trace *t, const struct expr *e, unsigned depth) {
  if (depth >= TRACE_DEPTH_MAX || t->lines >= TRACE_LINES_MAX) return;
  bool same_place = e->kind == E_NOT && e->a->span.begin == e->span.begin && e->a->span.end == e->span.end;
  if (same_place) draw_parts(t, e->a, depth); /* none of (…) is kept as a negation */
  if (e->kind == E_NOT && !same_place) draw(t, e->a, depth + 1);
  for (size_t i = 0; (e->kind == E_AND || e->kind == E_OR || e->kind == E_OF) && i < e->count; i++)
    draw(t, e->items[i], depth + 1);
  if (e->kind == E_LET && e->type == TYPE_BOOL) draw(t, t->c->lets.at[e->index].expr, depth + 1);
  for (size_t i = 0; e->kind == E_COMPARE && e->a->kind == E_SCORE_OF && i < e->a->count; i++)
    draw(t, e->a->items[i], depth + 1);
}

static void draw(struct trace *t, const struct expr *e, unsigned depth) {
  draw_line(t, e, depth);
  draw_parts(t, e, depth);
}

void trace_condition(struct buf *out, const struct compilation *c, struct workspace *workspace, const struct expr *e) {
  struct trace trace = {out, c, workspace, 0};
  draw(&trace, e, 0);
  if (trace.lines > TRACE_LINES_MAX) buf_str(out, "    …\n");
}
