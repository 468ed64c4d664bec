/* Tests the reading of a command line: each spelling of an option, and what is said of those that nobody means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "capture.h"
#include "cli/opt.h"

enum { ARGUMENTS_MAX = 8 };

struct verb {
  struct opt_list rules, paths;
  bool verbose, quiet;
  const char *input, *dns;
  uint32_t wait;
};

static const struct opt options[] = {
    {"rules", 'r', OPT_LIST, "PATH", offsetof(struct verb, rules), NULL, "rules"},
    {"helo", 0, OPT_LIST, "NAME", offsetof(struct verb, rules), "helo", "a fact"},
    {"input", 'i', OPT_TEXT, "FILE", offsetof(struct verb, input), NULL, "the input"},
    {"verbose", 'v', OPT_FLAG, NULL, offsetof(struct verb, verbose), NULL, "say more"},
    {"quiet", 'q', OPT_FLAG, NULL, offsetof(struct verb, quiet), NULL, "say less"},
    {"dns", 0, OPT_MAYBE, "SERVER", offsetof(struct verb, dns), NULL, "ask"},
    {"ask", 'a', OPT_MAYBE, "SERVER", offsetof(struct verb, dns), NULL, "ask as well"},
    {"wait", 'w', OPT_DURATION, "TIME", offsetof(struct verb, wait), NULL, "how long"},
    {"ri", 0, OPT_FLAG, NULL, offsetof(struct verb, quiet), NULL, "a name that could be two letters"},
};

static const struct opt_spec spec = {"assay verb", "About it.", options, sizeof options / sizeof *options,
                                     offsetof(struct verb, paths), NULL, 2};
static const struct opt_spec wanting = {"assay verb PATH...", "About it.", options, 2, offsetof(struct verb, paths),
                                        "a file", SIZE_MAX};
static const struct opt_spec bare_dns = {"assay verb", "About it.", options, sizeof options / sizeof *options,
                                         offsetof(struct verb, paths), NULL, 0};
static const struct opt_spec bare = {"assay verb", "About it.", NULL, 0, offsetof(struct verb, paths), NULL, 0};

static void print_list(char *out, size_t size, const char *before, const struct opt_list *list) {
  size_t at = strlen(out);
  for (size_t i = 0; i < list->count; i++) {
    const char *key = list->items[i].key;
    at += (size_t)snprintf(out + at, size - at, "%s%s%s%s", i ? "," : before, key ? key : "", key ? "=" : "",
                           list->items[i].value);
  }
}

/* What was read: "v q i=x d=y w=5000 r=a,helo=b -- path". */
static void print_verb(char *out, size_t size, const struct verb *verb) {
  snprintf(out, size, "%s%s", verb->verbose ? "v " : "", verb->quiet ? "q " : "");
  if (verb->input) snprintf(out + strlen(out), size - strlen(out), "i=%s ", verb->input);
  if (verb->dns)
    snprintf(out + strlen(out), size - strlen(out), "d%s%s ", verb->dns == opt_bare ? "" : "=", verb->dns);
  if (verb->wait) snprintf(out + strlen(out), size - strlen(out), "w=%u ", (unsigned)verb->wait);
  print_list(out, size, "r=", &verb->rules);
  print_list(out, size, " -- ", &verb->paths);
}

static const struct row {
  const struct opt_spec *spec;
  const char *arguments[ARGUMENTS_MAX];
  const char *read;      /* NULL: refused */
  const char *complaint; /* its first line */
} rows[] = {
    {&spec, {NULL}, "", ""},
    /* long */
    {&spec, {"--verbose", "--input", "x"}, "v i=x ", ""},
    {&spec, {"--input=x"}, "i=x ", ""},
    {&spec, {"--input="}, "i= ", ""},
    {&spec, {"--input=a=b"}, "i=a=b ", ""},
    {&spec, {"--input", ""}, "i= ", ""},
    {&spec, {"--input", "--verbose"}, "i=--verbose ", ""}, /* a value may look like anything */
    {&spec, {"--input", "--"}, "i=-- ", ""},
    /* short, glued and together */
    {&spec, {"-v", "-i", "x"}, "v i=x ", ""},
    {&spec, {"-vq"}, "v q ", ""},
    {&spec, {"-vqix"}, "v q i=x ", ""},
    {&spec, {"-vi", "x"}, "v i=x ", ""},
    {&spec, {"-i=x"}, "i==x ", ""},
    {&spec, {"-i-"}, "i=- ", ""},
    /* repeated: a flag stays, of texts the last one counts, a list grows, whatever its options */
    {&spec, {"-v", "-vv", "--verbose"}, "v ", ""},
    {&spec, {"-i", "x", "--input=y"}, "i=y ", ""},
    {&spec, {"-ra", "--helo", "b", "--rules=c"}, "r=a,helo=b,c", ""},
    /* arguments, among options and behind -- */
    {&spec, {"a", "-v", "b"}, "v  -- a,b", ""},
    {&spec, {"-", "-v"}, "v  -- -", ""},
    {&spec, {"", "-v"}, "v  -- ", ""},
    {&spec, {"-v", "--", "-v", "--"}, "v  -- -v,--", ""},
    {&spec, {"--"}, "", ""},
    {&spec, {"a", "b", "c"}, NULL, "assay: what is c for? it is no option, and no argument is wanted here"},
    {&bare, {"--", "-v"}, NULL, "assay: what is -v for? it is no option, and no argument is wanted here"},
    {&wanting, {NULL}, NULL, "assay: name a file"},
    {&wanting, {"--"}, NULL, "assay: name a file"},
    {&wanting, {"--rules=a"}, NULL, "assay: name a file"},
    {&wanting, {"a", "b", "c"}, " -- a,b,c", ""},
    /* values that are missing or too many */
    {&spec, {"--input"}, NULL, "assay: --input needs a value: --input FILE"},
    {&spec, {"-i"}, NULL, "assay: --input needs a value: --input FILE"},
    {&spec, {"-vi"}, NULL, "assay: --input needs a value: --input FILE"},
    {&spec, {"--verbose=1"}, NULL, "assay: --verbose takes no value"},
    {&spec, {"--verbose="}, NULL, "assay: --verbose takes no value"},
    {&spec, {"--help=1"}, NULL, "assay: --help takes no value"},
    /* values that may be missing */
    {&spec, {"--dns"}, "d ", ""},
    {&spec, {"--dns=x"}, "d=x ", ""},
    {&spec, {"--dns="}, "d= ", ""}, /* a value, if an empty one */
    {&spec, {"--dns", "--input", "x"}, "i=x d ", ""},
    {&spec, {"--dns=x", "--dns"}, "d ", ""},
    {&spec, {"--dns", "a"}, "d  -- a", ""},
    {&spec, {"-a"}, "d ", ""},
    {&spec, {"-ax"}, "d=x ", ""},
    {&spec, {"-dns"}, NULL, "assay: there is no option -dns; did you mean --dns?"},
    {&bare_dns, {"--dns", "127.0.0.1"}, NULL,
     "assay: what is 127.0.0.1 for? a value of --dns is glued to it: --dns=127.0.0.1"},
    {&bare_dns, {"--dns", "-v", "x"}, NULL,
     "assay: what is x for? it is no option, and no argument is wanted here"},
    {&bare_dns, {"--dns=x", "y"}, NULL, "assay: what is y for? it is no option, and no argument is wanted here"},
    /* durations */
    {&spec, {"--wait", "1ms"}, "w=1 ", ""},
    {&spec, {"--wait=700ms"}, "w=700 ", ""},
    {&spec, {"-w5s"}, "w=5000 ", ""},
    {&spec, {"-w", "2m"}, "w=120000 ", ""},
    {&spec, {"--wait", "5s", "--wait", "6s"}, "w=6000 ", ""},
    {&spec, {"--wait", "0007s"}, "w=7000 ", ""},
    {&spec, {"--wait", "10m"}, "w=600000 ", ""},
    {&spec, {"--wait", "600001ms"}, NULL, "assay: --wait: 600001ms is out of its range, 1ms to 10m"},
    {&spec, {"--wait", "11m"}, NULL, "assay: --wait: 11m is out of its range, 1ms to 10m"},
    {&spec, {"--wait", "0s"}, NULL, "assay: --wait: 0s is out of its range, 1ms to 10m"},
    {&spec, {"--wait", "99999999999999999999999s"}, NULL,
     "assay: --wait: 99999999999999999999999s is out of its range, 1ms to 10m"},
    {&spec, {"--wait", "5"}, NULL, "assay: --wait: 5 of what? write 5ms, 5s or 5m"},
    {&spec, {"--wait", "s"}, NULL, "assay: --wait: \"s\" is no duration; write 700ms, 5s or 2m"},
    {&spec, {"--wait="}, NULL, "assay: --wait: \"\" is no duration; write 700ms, 5s or 2m"},
    {&spec, {"--wait", "-5s"}, NULL, "assay: --wait: \"-5s\" is no duration; write 700ms, 5s or 2m"},
    {&spec, {"--wait", "5S"}, NULL, "assay: --wait: \"5S\" is no duration; write 700ms, 5s or 2m"},
    {&spec, {"--wait", "1.5s"}, NULL, "assay: --wait: \"1.5s\" is no duration; write 700ms, 5s or 2m"},
    {&spec, {"--wait", "5 s"}, NULL, "assay: --wait: \"5 s\" is no duration; write 700ms, 5s or 2m"},
    {&spec, {"--wait", "5s\x1b"}, NULL, "assay: --wait: \"5s\\x1b\" is no duration; write 700ms, 5s or 2m"},
    {&spec, {"--wait"}, NULL, "assay: --wait needs a value: --wait TIME"},
    /* what there is not */
    {&spec, {"--verbos"}, NULL, "assay: there is no option --verbos; did you mean --verbose?"},
    {&spec, {"--VERBOSE"}, NULL, "assay: there is no option --VERBOSE; did you mean --verbose?"},
    {&spec, {"--inptu=x"}, NULL, "assay: there is no option --inptu=x; did you mean --input?"},
    {&spec, {"--hlep"}, NULL, "assay: there is no option --hlep; did you mean --help?"},
    {&spec, {"--nothing-like-it"}, NULL, "assay: there is no option --nothing-like-it"},
    {&spec, {"--=x"}, NULL, "assay: there is no option --=x"},
    {&spec, {"---verbose"}, NULL, "assay: there is no option ---verbose; did you mean --verbose?"},
    {&spec, {"-z"}, NULL, "assay: there is no option -z"},
    {&spec, {"-vz"}, NULL, "assay: there is no option -z, as in -vz"},
    {&spec, {"-verbose"}, NULL, "assay: there is no option -verbose; did you mean --verbose?"},
    {&spec, {"-rules=x"}, NULL, "assay: there is no option -rules=x; did you mean --rules?"},
    {&spec, {"-helo"}, NULL, "assay: there is no option -helo; did you mean --helo?"},
    {&spec, {"-ri"}, NULL, "assay: there is no option -ri; did you mean --ri?"},
    {&bare, {"--verbose"}, NULL, "assay: there is no option --verbose"},
    /* bytes of strangers do not reach the terminal */
    {&spec, {"--\x1b[2J\xff"}, NULL, "assay: there is no option --\\x1b[2J\\xff"},
    {&spec, {"-\xc3\xbc"}, NULL, "assay: there is no option -\\xc3, as in -\xc3\xbc"},
    {&bare, {"\x1b]0;x\x07"}, NULL,
     "assay: what is \\x1b]0;x\\x07 for? it is no option, and no argument is wanted here"},
    /* the first mistake is the one that is told */
    {&spec, {"--nothing-like-it", "--input"}, NULL, "assay: there is no option --nothing-like-it"},
};

static void check_row(const struct row *row, size_t number) {
  struct cli cli = plain_cli();
  struct capture capture;
  struct verb verb = {0};
  char *arguments[ARGUMENTS_MAX], read[256] = "";
  int argc = 0, code = -1;
  for (; argc < ARGUMENTS_MAX && row->arguments[argc]; argc++) {
    arguments[argc] = malloc(strlen(row->arguments[argc]) + 1);
    assert_non_null(arguments[argc]);
    strcpy(arguments[argc], row->arguments[argc]);
  }
  capture_begin(&capture);
  bool good = opt_parse(row->spec, &cli, &verb, argc, arguments, &code);
  char *said = capture_end(&capture), *line_end = strchr(said, '\n');
  print_verb(read, sizeof read, &verb);
  if (line_end && !good) assert_true(strncmp(line_end, "\nUsage: assay verb", 18) == 0);
  if (line_end) *line_end = 0;
  bool as_wanted = good == (row->read != NULL) && (!good || strcmp(read, row->read) == 0);
  if (!as_wanted || strcmp(said, row->complaint) != 0) fail_msg("row %zu: read '%s', said '%s'", number, read, said);
  assert_int_equal(code, good ? CLI_OK : CLI_USAGE);
  assert_int_equal(cli.out.bytes.len, 0);
  free(said);
  opt_list_free(&verb.rules);
  opt_list_free(&verb.paths);
  for (int i = 0; i < argc; i++) free(arguments[i]);
}

static void command_lines_by_table(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check_row(&rows[i], i);
}

/* Help is asked for, wherever it stands, before anything wrong behind it; nothing else is done then. */
static void help_is_printed_from_the_table(void **state) {
  (void)state;
  static char *const lines[][3] = {{"--help", NULL, NULL}, {"-h", "--nothing", NULL}, {"-v", "-qh", "x"}};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    struct cli cli = plain_cli();
    struct verb verb = {0};
    char *arguments[] = {lines[i][0], lines[i][1], lines[i][2]};
    int argc = 0, code = -1;
    while (argc < 3 && arguments[argc]) argc++;
    assert_false(opt_parse(&spec, &cli, &verb, argc, arguments, &code));
    assert_int_equal(code, CLI_OK);
    assert_bytes(&cli.out.bytes, "Usage: assay verb\n\nAbout it.\n\nOptions:\n"
                                 "  -r, --rules PATH    rules\n"
                                 "      --helo NAME     a fact\n"
                                 "  -i, --input FILE    the input\n"
                                 "  -v, --verbose       say more\n"
                                 "  -q, --quiet         say less\n"
                                 "      --dns[=SERVER]  ask\n"
                                 "  -a, --ask[=SERVER]  ask as well\n"
                                 "  -w, --wait TIME     how long\n"
                                 "      --ri            a name that could be two letters\n"
                                 "  -h, --help          show this and do nothing else\n");
    bytes_free(&cli.out.bytes);
    opt_list_free(&verb.paths);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(command_lines_by_table),
      cmocka_unit_test(help_is_printed_from_the_table),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
