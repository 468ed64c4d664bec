/* Owns `assay functions`: the tables of functions and of properties.
 * Must never know: what they compute. */
#include <assay/ruleset.h>

#include "cli/opt.h"
#include "cli/table.h"
#include "cli/term.h"

struct functions {
  struct opt_list none;
};

static const struct opt_spec functions_spec = {
    "assay functions", "Lists the functions of the rule language, and the properties of its values.", NULL, 0,
    offsetof(struct functions, none), NULL, 0};

static void list_functions(struct table *table) {
  const assay_function_info *info;
  for (size_t i = 0; (info = assay_function_at(i)); i++) {
    bytes_str(table_cell(table), info->signature);
    bytes_str(table_cell(table), info->doc);
    table_end_row(table);
  }
}

static void list_properties(struct table *table) {
  const assay_property_info *info;
  for (size_t i = 0; (info = assay_property_at(i)); i++) {
    struct bytes *name = table_cell(table);
    bytes_str(name, info->type);
    bytes_byte(name, '.');
    bytes_str(name, info->name);
    bytes_str(table_cell(table), info->result);
    bytes_str(table_cell(table), info->doc);
    table_end_row(table);
  }
}

int cmd_functions(struct cli *cli, int argc, char **argv) {
  struct functions functions = {0};
  size_t width = cli->terminal_out ? term_width(cli->out.fd) : 0;
  struct table calls = {.width = width}, properties = {.width = width};
  int code;
  if (opt_parse(&functions_spec, cli, &functions, argc, argv, &code)) {
    list_functions(&calls);
    list_properties(&properties);
    table_print(&calls, &cli->out.bytes);
    bytes_byte(&cli->out.bytes, '\n');
    table_print(&properties, &cli->out.bytes);
  }
  table_free(&calls);
  table_free(&properties);
  opt_list_free(&functions.none);
  return code;
}
