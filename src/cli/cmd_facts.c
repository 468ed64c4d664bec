/* Owns `assay facts`: the table of facts, for people and for programs.
 * Must never know: a connection. */
#include <assay/facts.h>

#include "cli/opt.h"
#include "cli/table.h"
#include "cli/term.h"
#include "proto/record.h"

struct facts {
  struct opt_list names;
  bool json;
};

static const struct opt facts_options[] = {
    {"json", 0, OPT_FLAG, NULL, offsetof(struct facts, json), NULL, "print a JSON array with an object a fact"},
};

static const struct opt_spec facts_spec = {
    "assay facts [--json] [NAME]",
    "Lists the facts that rules can use, or tells all about one: its type, the stage of SMTP at which it is\n"
    "known, and what supplies it in each front end.",
    facts_options, sizeof facts_options / sizeof *facts_options, offsetof(struct facts, names), NULL, 1};

/* One column of the table for each member worth showing. */
static const struct member {
  const char *name;
  size_t offset;
} members[] = {
    {"name", offsetof(assay_fact_info, name)},       {"type", offsetof(assay_fact_info, type_name)},
    {"stage", offsetof(assay_fact_info, stage)},     {"doc", offsetof(assay_fact_info, doc)},
    {"json", offsetof(assay_fact_info, json)},       {"postfix", offsetof(assay_fact_info, postfix)},
    {"milter", offsetof(assay_fact_info, milter)},   {"header", offsetof(assay_fact_info, header)},
    {"range", offsetof(assay_fact_info, range)},
};

#define MEMBERS (sizeof members / sizeof *members)
#define MEMBERS_LISTED 4 /* those that the table of all facts has room for */

static const char *member_of(const assay_fact_info *info, size_t member) {
  const char *text;
  memcpy(&text, (const char *)info + members[member].offset, sizeof text);
  return text;
}

static void print_json(struct bytes *out, const assay_fact_info *info) {
  for (size_t m = 0; m < MEMBERS; m++) {
    const char *text = member_of(info, m);
    bytes_byte(out, m == 0 ? '{' : ',');
    bytes_json(out, members[m].name, strlen(members[m].name));
    bytes_byte(out, ':');
    bytes_json(out, text, strlen(text));
  }
  bytes_byte(out, '}');
}

static void print_all_json(struct bytes *out) {
  const assay_fact_info *info;
  for (size_t i = 0; (info = assay_fact_at(i)); i++) {
    bytes_str(out, i == 0 ? "[" : ",\n ");
    print_json(out, info);
  }
  bytes_str(out, "]\n");
}

/* The range of a number stands with its type. */
static void put_listed(struct bytes *cell, const assay_fact_info *info, size_t member) {
  bytes_str(cell, member_of(info, member));
  if (members[member].offset != offsetof(assay_fact_info, type_name) || !info->range[0]) return;
  bytes_str(cell, ", ");
  bytes_str(cell, info->range);
}

static void print_all(struct cli *cli) {
  struct table table = {.width = cli->terminal_out ? term_width(cli->out.fd) : 0};
  const assay_fact_info *info;
  for (size_t i = 0; (info = assay_fact_at(i)); i++) {
    for (size_t m = 0; m < MEMBERS_LISTED; m++) put_listed(table_cell(&table), info, m);
    table_end_row(&table);
  }
  table_print(&table, &cli->out.bytes);
  table_free(&table);
}

static int print_one(struct cli *cli, const char *name, bool json) {
  struct table table = {.width = cli->terminal_out ? term_width(cli->out.fd) : 0};
  struct proto_error error;
  assay_fact fact;
  if (proto_find_fact(&fact, "name", name, strlen(name), &error) != PROTO_OK) {
    cli_complain(cli, "%s", error.text);
    return CLI_USAGE;
  }
  const assay_fact_info *info = assay_fact_at((size_t)fact);
  if (json) {
    print_json(&cli->out.bytes, info);
    bytes_byte(&cli->out.bytes, '\n');
    return CLI_OK;
  }
  for (size_t m = 0; m < MEMBERS; m++) {
    const char *text = member_of(info, m);
    bytes_str(table_cell(&table), members[m].name);
    bytes_str(table_cell(&table), text[0] ? text : "-");
    table_end_row(&table);
  }
  table_print(&table, &cli->out.bytes);
  table_free(&table);
  return CLI_OK;
}

int cmd_facts(struct cli *cli, int argc, char **argv) {
  struct facts facts = {0};
  int code;
  if (opt_parse(&facts_spec, cli, &facts, argc, argv, &code)) {
    if (facts.names.count > 0)
      code = print_one(cli, facts.names.items[0].value, facts.json);
    else if (facts.json)
      print_all_json(&cli->out.bytes);
    else
      print_all(cli);
  }
  opt_list_free(&facts.names);
  return code;
}
