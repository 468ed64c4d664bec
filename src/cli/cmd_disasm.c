/* Owns `assay disasm`: the bytecode of a rule set, or of one rule.
 * Must never know: what an instruction is. */
#include "cli/rules.h"
#include "proto/near.h"

struct disasm {
  struct opt_list rules, names;
};

static const struct opt disasm_options[] = {
    {"rules", 'r', OPT_LIST, "PATH", offsetof(struct disasm, rules), NULL,
     "a rule file or a folder of them; may be repeated; without it, the shipped rules"},
};

static const struct opt_spec disasm_spec = {
    "assay disasm [-r PATH]... [RULE]",
    "Lists the bytecode that rules compile to: all of it, or what one rule needs.",
    disasm_options, sizeof disasm_options / sizeof *disasm_options, offsetof(struct disasm, names), NULL, 1};

static const char *rule_name(void *user, size_t index) {
  assay_rule_info info;
  return assay_ruleset_rule_at(user, index, &info) == ASSAY_OK ? info.name : NULL;
}

static void keep(void *user, const char *bytes, size_t len) {
  bytes_add(user, bytes, len);
}

/* The listing holds texts from rules, which may drive a terminal. */
static void print_lines(struct bytes *out, const struct bytes *listing) {
  for (size_t at = 0; at < listing->len; at++) {
    const char *end = memchr(listing->ptr + at, '\n', listing->len - at);
    size_t len = end ? (size_t)(end - listing->ptr) - at : listing->len - at;
    bytes_printable(out, listing->ptr + at, len);
    bytes_byte(out, '\n');
    at += len;
  }
}

static int list(struct cli *cli, assay_ruleset *ruleset, const char *rule) {
  struct bytes listing = {0};
  assay_status status = assay_ruleset_disassemble(ruleset, rule, keep, &listing);
  if (listing.failed) status = ASSAY_NO_MEMORY;
  if (status == ASSAY_OK) print_lines(&cli->out.bytes, &listing);
  bytes_free(&listing);
  if (status == ASSAY_OK) return CLI_OK;
  if (status != ASSAY_NOT_FOUND) {
    cli_complain(cli, "cannot list: %s", assay_status_text(status));
    return CLI_IO;
  }
  const char *nearest = near_find(rule, strlen(rule), rule_name, ruleset);
  if (nearest)
    cli_complain(cli, "there is no rule %s; did you mean %s?", rule, nearest);
  else
    cli_complain(cli, "there is no rule %s", rule);
  return CLI_USAGE;
}

int cmd_disasm(struct cli *cli, int argc, char **argv) {
  struct disasm disasm = {0};
  assay_ruleset *ruleset = NULL;
  int code;
  if (!opt_parse(&disasm_spec, cli, &disasm, argc, argv, &code)) goto done;
  code = rules_load(cli, &ruleset, &disasm.rules);
  if (code == CLI_OK) code = list(cli, ruleset, disasm.names.count > 0 ? disasm.names.items[0].value : NULL);
done:
  assay_ruleset_unref(ruleset);
  opt_list_free(&disasm.rules);
  opt_list_free(&disasm.names);
  return code;
}
