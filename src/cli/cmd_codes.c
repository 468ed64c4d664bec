/* Owns `assay codes`: the table of diagnostic codes.
 * Must never know: when a diagnostic is given. */
#include <assay/diag.h>

#include "cli/opt.h"
#include "cli/table.h"
#include "cli/term.h"
#include "proto/near.h"

struct codes {
  struct opt_list codes;
};

static const struct opt_spec codes_spec = {
    "assay codes [CODE]",
    "Lists the codes of all errors and warnings, or explains one, by its code (E203) or its name.", NULL, 0,
    offsetof(struct codes, codes), NULL, 1};

static const char *severity(const assay_diag_code *code) {
  return code->severity == ASSAY_ERROR ? "error" : "warning";
}

static const char *code_at(void *user, size_t index) {
  (void)user;
  const assay_diag_code *code = assay_diag_code_at(index);
  return code ? code->code : NULL;
}

static const char *name_at(void *user, size_t index) {
  (void)user;
  const assay_diag_code *code = assay_diag_code_at(index);
  return code ? code->name : NULL;
}

static void print_all(struct cli *cli) {
  struct table table = {.width = cli->terminal_out ? term_width(cli->out.fd) : 0};
  const assay_diag_code *code;
  for (size_t i = 0; (code = assay_diag_code_at(i)); i++) {
    const char *const cells[] = {code->code, severity(code), code->name, code->doc};
    for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) bytes_str(table_cell(&table), cells[c]);
    table_end_row(&table);
  }
  table_print(&table, &cli->out.bytes);
  table_free(&table);
}

static int print_one(struct cli *cli, const char *wanted) {
  struct bytes *out = &cli->out.bytes;
  const assay_diag_code *code;
  for (size_t i = 0; (code = assay_diag_code_at(i)); i++) {
    if (strcmp(code->code, wanted) != 0 && strcmp(code->name, wanted) != 0) continue;
    bytes_str(out, severity(code));
    bytes_byte(out, ' ');
    bytes_str(out, code->code);
    bytes_byte(out, ' ');
    bytes_str(out, code->name);
    bytes_byte(out, '\n');
    bytes_str(out, code->doc);
    bytes_byte(out, '\n');
    return CLI_OK;
  }
  const char *nearest = near_find(wanted, strlen(wanted), name_at, NULL);
  if (!nearest) nearest = near_find(wanted, strlen(wanted), code_at, NULL);
  if (nearest)
    cli_complain(cli, "there is no code %s; did you mean %s?", wanted, nearest);
  else
    cli_complain(cli, "there is no code %s; `assay codes` lists them", wanted);
  return CLI_USAGE;
}

int cmd_codes(struct cli *cli, int argc, char **argv) {
  struct codes codes = {0};
  int code;
  if (opt_parse(&codes_spec, cli, &codes, argc, argv, &code)) {
    if (codes.codes.count > 0)
      code = print_one(cli, codes.codes.items[0].value);
    else
      print_all(cli);
  }
  opt_list_free(&codes.codes);
  return code;
}
