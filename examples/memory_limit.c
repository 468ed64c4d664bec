/* A host that bounds what rules may take. Its allocator refuses beyond a limit; the library then answers with a status,
 * has given back what it took on the way, and the host goes on with less. */
#include <assay/assay.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct budget {
  size_t used, limit;
};

/* The library says how large a block was, so the host need not remember. With several threads it would take a lock. */
static void *resize(void *user, void *block, size_t old_size, size_t new_size) {
  struct budget *budget = user;
  if (new_size > old_size && new_size - old_size > budget->limit - budget->used) return NULL; /* block stays valid */
  if (new_size == 0) {
    free(block);
  } else {
    block = realloc(block, new_size);
    if (!block) return NULL;
  }
  budget->used = budget->used - old_size + new_size;
  return new_size ? block : NULL;
}

/* So many rules, one a line; NULL when there is no memory for the text. */
static char *rules_text(int count) {
  enum { LINE = 80 };
  char *text = malloc((size_t)count * LINE + 1);
  size_t len = 0;
  for (int i = 0; text && i < count; i++)
    len += (size_t)snprintf(text + len, LINE, "rule R%d { describe \"r\" score 1 when helo == \"h%d.test\" }\n", i, i);
  return text;
}

static assay_status try_rules(const assay_alloc *alloc, int count) {
  assay_compile_options options = ASSAY_COMPILE_OPTIONS_INIT;
  assay_ruleset *rules = NULL;
  char *text = rules_text(count);
  if (!text) return ASSAY_NO_MEMORY;
  options.alloc = alloc; /* it outlives the rule set */
  assay_status status = assay_ruleset_compile_text(&rules, "many", text, strlen(text), &options, NULL);
  printf("%d rules: %s\n", count, assay_status_text(status));
  assay_ruleset_unref(rules); /* NULL after a failure, which is allowed */
  free(text);
  return status;
}

int main(void) {
  struct budget budget = {0, 4 * 1024 * 1024};
  assay_alloc alloc = {resize, &budget};
  int count = 100000;
  while (try_rules(&alloc, count) == ASSAY_NO_MEMORY && count > 1) count /= 10;
  printf("%zu bytes still in use\n", budget.used);
  return budget.used != 0;
}
