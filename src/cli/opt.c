/* Owns the reading of a verb's command line from a table, and the help that is printed from the same table.
 * Must never know: what an option does. */
#include "cli/opt.h"

#include <stdlib.h>

#include "cli/table.h"
#include "cli/term.h"
#include "proto/near.h"

#define DURATION_MOST 600000u /* milliseconds; what is longer was not meant */

const char opt_bare[] = "";

static const struct opt help_option = {"help", 'h', OPT_FLAG, NULL, 0, NULL, "show this and do nothing else"};

struct parse {
  const struct opt_spec *spec;
  struct cli *cli;
  char *into;
  int argc, at; /* at: the argument being read */
  char **argv;
  const struct opt *bare; /* the argument before was this one, without the value that it may have */
  int code;
};

static const struct opt *option_at(const struct opt_spec *spec, size_t index) {
  return index < spec->count ? &spec->options[index] : index == spec->count ? &help_option : NULL;
}

static const char *option_name_at(void *user, size_t index) {
  const struct opt *option = option_at(user, index);
  return option ? option->name : NULL;
}

static const struct opt *find_long(const struct opt_spec *spec, const char *name, size_t len) {
  const struct opt *option;
  for (size_t i = 0; (option = option_at(spec, i)); i++)
    if (strlen(option->name) == len && memcmp(option->name, name, len) == 0) return option;
  return NULL;
}

static const struct opt *find_short(const struct opt_spec *spec, char letter) {
  const struct opt *option;
  for (size_t i = 0; (option = option_at(spec, i)); i++)
    if (option->letter == letter) return option;
  return NULL;
}

static void print_help(const struct opt_spec *spec, struct cli *cli) {
  struct bytes *bytes = &cli->out.bytes;
  struct table table = {.indent = 2, .width = cli->terminal_out ? term_width(cli->out.fd) : 0};
  const struct opt *option;
  bytes_str(bytes, "Usage: ");
  bytes_str(bytes, spec->usage);
  bytes_str(bytes, "\n\n");
  bytes_str(bytes, spec->about);
  bytes_str(bytes, "\n\nOptions:\n");
  for (size_t i = 0; (option = option_at(spec, i)); i++) {
    struct bytes *cell = table_cell(&table);
    char letter[] = {'-', option->letter, ',', ' ', 0};
    bytes_str(cell, option->letter ? letter : "    ");
    bytes_str(cell, "--");
    bytes_str(cell, option->name);
    if (option->value) bytes_str(cell, option->kind == OPT_MAYBE ? "[=" : " ");
    if (option->value) bytes_str(cell, option->value);
    if (option->kind == OPT_MAYBE) bytes_byte(cell, ']');
    bytes_str(table_cell(&table), option->doc);
    table_end_row(&table);
  }
  table_print(&table, bytes);
  table_free(&table);
}

static bool wrong(struct parse *parse) {
  const char *usage = parse->spec->usage;
  cli_say(parse->cli, "Usage: %s", usage);
  parse->code = CLI_USAGE;
  return false;
}

static bool no_option(struct parse *parse, const char *name, size_t len) {
  struct opt_spec spec = *parse->spec;
  const char *nearest = near_find(name, len, option_name_at, &spec);
  const char *given = parse->argv[parse->at];
  if (nearest)
    cli_complain(parse->cli, "there is no option %s; did you mean --%s?", given, nearest);
  else
    cli_complain(parse->cli, "there is no option %s", given);
  return wrong(parse);
}

/* Of several letters behind one hyphen it may be any. */
static bool no_letter(struct parse *parse, char letter) {
  const char *given = parse->argv[parse->at];
  if (given[2])
    cli_complain(parse->cli, "there is no option -%c, as in %s", letter, given);
  else
    cli_complain(parse->cli, "there is no option %s", given);
  return wrong(parse);
}

static bool append(struct parse *parse, struct opt_list *list, const char *key, const char *value) {
  /* No list can hold more than there are arguments. */
  if (!list->items) list->items = calloc((size_t)parse->argc, sizeof *list->items);
  if (!list->items) {
    cli_complain(parse->cli, "out of memory");
    parse->code = CLI_IO;
    return false;
  }
  list->items[list->count++] = (struct opt_pair){key, value};
  return true;
}

/* Whole numbers with a unit: what a number alone would count, everybody knows otherwise. */
static bool take_duration(struct parse *parse, const struct opt *option, uint32_t *out, const char *text) {
  static const struct {
    const char *name;
    uint32_t milliseconds;
  } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}};
  size_t digits = strspn(text, "0123456789"), unit = 0;
  uint64_t value = 0;
  while (unit < sizeof units / sizeof *units && strcmp(text + digits, units[unit].name) != 0) unit++;
  if (digits > 0 && text[digits] == 0) {
    cli_complain(parse->cli, "--%s: %s of what? write %sms, %ss or %sm", option->name, text, text, text, text);
    return wrong(parse);
  }
  if (digits == 0 || unit == sizeof units / sizeof *units) {
    cli_complain(parse->cli, "--%s: \"%s\" is no duration; write 700ms, 5s or 2m", option->name, text);
    return wrong(parse);
  }
  for (size_t i = 0; i < digits && value <= DURATION_MOST; i++) value = value * 10 + (uint64_t)(text[i] - '0');
  value *= units[unit].milliseconds;
  if (value == 0 || value > DURATION_MOST) {
    cli_complain(parse->cli, "--%s: %s is out of its range, 1ms to 10m", option->name, text);
    return wrong(parse);
  }
  *out = (uint32_t)value;
  return true;
}

/* What needs no value, and got none. */
static bool take_bare(struct parse *parse, const struct opt *option, char *member) {
  if (option->kind == OPT_FLAG)
    *(bool *)(void *)member = true;
  else
    *(const char **)(void *)member = opt_bare;
  if (option->kind == OPT_MAYBE) parse->bare = option;
  return true;
}

/* glued: what follows the option in the same argument, or NULL. */
static bool take_option(struct parse *parse, const struct opt *option, const char *glued) {
  char *member = parse->into + option->offset;
  if (option->kind == OPT_FLAG && glued) {
    cli_complain(parse->cli, "--%s takes no value", option->name);
    return wrong(parse);
  }
  if (option == &help_option) {
    print_help(parse->spec, parse->cli);
    parse->code = CLI_OK;
    return false;
  }
  if (!glued && (option->kind == OPT_FLAG || option->kind == OPT_MAYBE)) return take_bare(parse, option, member);
  if (!glued) {
    if (parse->at + 1 >= parse->argc) {
      cli_complain(parse->cli, "--%s needs a value: --%s %s", option->name, option->name, option->value);
      return wrong(parse);
    }
    glued = parse->argv[++parse->at];
  }
  if (option->kind == OPT_LIST) return append(parse, (struct opt_list *)(void *)member, option->key, glued);
  if (option->kind == OPT_DURATION) return take_duration(parse, option, (uint32_t *)(void *)member, glued);
  *(const char **)(void *)member = glued;
  return true;
}

static bool take_long(struct parse *parse, const char *name) {
  size_t len = strcspn(name, "=");
  const struct opt *option = find_long(parse->spec, name, len);
  if (!option) return no_option(parse, name, len);
  return take_option(parse, option, name[len] == '=' ? name + len + 1 : NULL);
}

/* Flags may share one hyphen; a value may stand glued to its letter. -rdns is no file named dns: it is --rdns
 * misspelt. */
static bool take_short(struct parse *parse, const char *letters) {
  size_t len = strcspn(letters, "=");
  if (len > 1 && find_long(parse->spec, letters, len)) return no_option(parse, letters, len);
  for (; *letters; letters++) {
    const struct opt *option = find_short(parse->spec, *letters);
    if (!option) return no_letter(parse, *letters);
    bool rest = option->kind != OPT_FLAG && letters[1];
    if (!take_option(parse, option, rest ? letters + 1 : NULL)) return false;
    if (option->kind != OPT_FLAG) return true;
  }
  return true;
}

static bool take_argument(struct parse *parse, char *argument) {
  struct opt_list *list = (struct opt_list *)(void *)(parse->into + parse->spec->arguments);
  if (parse->bare && list->count == parse->spec->most) {
    cli_complain(parse->cli, "what is %s for? a value of --%s is glued to it: --%s=%s", argument, parse->bare->name,
                 parse->bare->name, argument);
    return wrong(parse);
  }
  if (parse->spec->most == 0 || list->count == parse->spec->most) {
    cli_complain(parse->cli, "what is %s for? it is no option, and no argument is wanted here", argument);
    return wrong(parse);
  }
  return append(parse, list, NULL, argument);
}

bool opt_parse(const struct opt_spec *spec, struct cli *cli, void *into, int argc, char **argv, int *code) {
  struct parse parse = {spec, cli, into, argc, 0, argv, NULL, CLI_OK};
  bool options = true, good = true;
  for (; good && parse.at < argc; parse.at++) {
    char *argument = argv[parse.at];
    if (argument[0] == '-' && argument[1]) parse.bare = NULL;
    if (!options || argument[0] != '-' || !argument[1])
      good = take_argument(&parse, argument);
    else if (strcmp(argument, "--") == 0)
      options = false;
    else if (argument[1] == '-')
      good = take_long(&parse, argument + 2);
    else
      good = take_short(&parse, argument + 1);
  }
  const struct opt_list *list = (const struct opt_list *)(const void *)(parse.into + spec->arguments);
  if (good && spec->wanted && list->count == 0) {
    cli_complain(cli, "name %s", spec->wanted);
    good = wrong(&parse);
  }
  *code = parse.code;
  return good;
}

void opt_list_free(struct opt_list *list) {
  free(list->items);
  *list = (struct opt_list){0};
}
