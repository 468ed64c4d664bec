/* Owns what an unknown condition waits for: the facts and questions behind the unknown bits that it tests.
 * Must never know: why anybody wants to know. */
#include "run/waits.h"

#include "run/vm.h"

/* How far operands are followed: a program that no compiler of ours wrote may chain as many as it likes. */
enum { OPERANDS_DEEP_MAX = 2048 };

struct walk {
  struct verdict *verdict; /* that gets the waits; NULL: only what is met counts */
  struct verdict_open *open; /* its entry */
  struct workspace *ws;
  assay_status status;
  unsigned depth, operands; /* how deep in units, in operands */
  bool not_yet; /* it met something that is not yet known */
};

static void add_wait(struct walk *walk, uint32_t at, enum outcome outcome) {
  struct verdict_wait wait = {at, outcome};
  if (walk->verdict && walk->status == ASSAY_OK) walk->status = verdict_add_wait(walk->verdict, walk->open, wait);
}

static bool is_open(const struct workspace *ws, uint32_t slot) {
  const struct value *value = workspace_slot(ws, slot);
  return !value->known || value->partial;
}

static void walk_slot(struct walk *walk, uint32_t slot);

/* Whether an operand was open. */
static bool walk_operands(struct walk *walk, struct operands operands) {
  bool below = false;
  for (unsigned i = 0; i < operands.count; i++) {
    if (!is_open(walk->ws, operands.at[i])) continue;
    walk_slot(walk, operands.at[i]);
    below = true;
  }
  return below;
}

/* Follows unknown operands down to the facts and questions they come from. Operands are computed before what uses them,
 * so this ends; each is met once, or shared ones would be followed along every path that leads to them. */
static void walk_slot(struct walk *walk, uint32_t slot) {
  const struct verified *v = walk->ws->linked->verified;
  uint32_t def = v->slot_def[slot];
  if (def == NO_INDEX || !is_open(walk->ws, slot) || walk->ws->slot_seen[slot] == walk->ws->walk) return;
  walk->ws->slot_seen[slot] = walk->ws->walk;
  walk->not_yet |= value_why(workspace_slot(walk->ws, slot)) == WHY_NOT_YET;
  struct operands operands = linked_operands(walk->ws->linked, &v->program.code[def]);
  bool below = false;
  walk->operands++;
  if (operands.count > 0 && walk->operands <= OPERANDS_DEEP_MAX) below = walk_operands(walk, operands);
  walk->operands--;
  if (!below) add_wait(walk, slot, (enum outcome)workspace_slot(walk->ws, slot)->outcome);
}

static void walk_bit(void *user, uint32_t bit);

/* Waits are what keeps a condition from being true. What makes it false, where it has failed, stands on a way on which it
 * would be true if failures were mended. */
static void walk_unit(struct walk *walk, uint32_t unit) {
  const struct workspace *ws = walk->ws;
  bool failed = workspace_bit(ws, ws->linked->program->units[unit].bit) == ANSWER_FAILED;
  vm_touch(walk->ws, unit, failed && !walk->verdict ? ws->never : ws->all, walk_bit, walk);
}

static void walk_bit(void *user, uint32_t bit) {
  struct walk *walk = user;
  const struct verified *v = walk->ws->linked->verified;
  const struct unit *unit = &v->program.units[v->bit_unit[bit]];
  walk->not_yet |= workspace_bit(walk->ws, bit) == ANSWER_NOT_YET;
  if (unit->kind == UNIT_CONDITION) {
    uint32_t *seen = &walk->ws->unit_seen[v->bit_unit[bit]];
    if (*seen == walk->ws->walk || walk->depth >= PROGRAM_DEPTH_MAX || walk->status != ASSAY_OK) return;
    *seen = walk->ws->walk;
    walk->depth++;
    walk_unit(walk, v->bit_unit[bit]);
    walk->depth--;
    return;
  }
  const struct insn *insn = &v->program.code[v->bit_def[bit]];
  enum why why = (enum why)(workspace_bit(walk->ws, bit) - ANSWER_NOT_YET);
  if (!walk_operands(walk, linked_operands(walk->ws->linked, insn))) add_wait(walk, bit | WAIT_FEATURE, outcome_of_why(why));
}

assay_status waits_collect(struct verdict *verdict, struct verdict_open *open, struct workspace *workspace,
                           uint32_t unit) {
  struct walk walk = {.verdict = verdict, .open = open, .ws = workspace};
  workspace_walk(workspace);
  walk_unit(&walk, unit);
  return walk.status;
}

/* True more often than need be: nothing says that what was met decides. It is settled all the same when it has come. */
bool waits_may_fall(struct workspace *ws, uint32_t unit) {
  struct walk walk = {.ws = ws};
  workspace_walk(ws);
  walk_unit(&walk, unit);
  return walk.not_yet;
}

void waits_want(struct workspace *ws, uint32_t unit) {
  struct walk walk = {.ws = ws};
  walk_unit(&walk, unit);
}

bool waits_wants(const struct workspace *ws, const struct asking *asking) {
  return ws->slot_seen[asking->slot] == ws->walk;
}
