/* Owns what each action of a verdict is to Postfix: texts such as "550 5.7.1 {reply}", checked when they are read.
 * Must never know: a verdict, or a request. */
#ifndef PROTO_POLICY_MAP_H
#define PROTO_POLICY_MAP_H

#include <assay/verdict.h>
#include <stdbool.h>

#include "proto/record.h"

enum policy_kind {
#define POLICY_KIND(id, word, least, text, needs, doc) POLICY_KIND_##id,
#include "proto/policy_kinds.def"
#undef POLICY_KIND
  POLICY_KINDS
};

enum policy_needs { POLICY_NEEDS_NOTHING, POLICY_NEEDS_ENVELOPE, POLICY_NEEDS_HEADER };

/* The most bytes of a text as the site writes it. */
#define POLICY_MAP_MOST 300

struct policy_entry {
  enum policy_kind kind;
  char lead[POLICY_MAP_MOST + 1]; /* what Postfix reads first: "DUNNO", "550 5.7.1", "greylisting" */
  char text[POLICY_MAP_MOST + 1]; /* what follows, with placeholders; "" for nothing */
};

#define POLICY_ACTIONS (ASSAY_DISCARD + 1)

struct policy_map {
  struct policy_entry entries[POLICY_ACTIONS];
};

/* As installed: accept, tag and greylist let pass, the latter two with a header; the others do what they say. */
void policy_map_init(struct policy_map *map);

/* The text that an action is mapped to as installed. Static. */
const char *policy_map_default(assay_action action);

/* Maps an action, by its word, to a text: a word or code of policy_kinds.def, or the name of a restriction class, and
 * what follows it. Placeholders: {action} {score} {rules} {top} {reply}; {{ is a brace. PROTO_BAD, and the map is as it
 * was, when the text is not as it must be. */
enum proto_result policy_map_set(struct policy_map *map, const char *action, size_t action_len, const char *text,
                                 size_t len, struct proto_error *error);

enum policy_needs policy_kind_needs(enum policy_kind kind);

/* Postfix reads an enhanced status code at the start of the text; this is the first digit it must have, or 0. */
char policy_kind_class(enum policy_kind kind);

/* The word of a placeholder at the start of a text: its place in the row {action} {score} {rules} {top} {reply}, and
 * its length; POLICY_FILL_NONE when there is none. */
enum policy_fill {
  POLICY_FILL_ACTION,
  POLICY_FILL_SCORE,
  POLICY_FILL_RULES,
  POLICY_FILL_TOP,
  POLICY_FILL_REPLY,
  POLICY_FILL_NONE
};
enum policy_fill policy_fill_at(const char *text, size_t *len);

#endif
