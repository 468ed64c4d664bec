/* Tests settings from outside: forms, values, files, complaints, every function used and misused, memory that runs out.
 * What is said of settings that are wrong, tests/lang/settings keeps. */
#include "unit/lib/api.h"

#include <sys/stat.h>
#include <unistd.h>

/* Every kind of place. */
static const assay_setting_form forms[] = {
    {"listen", "spamd|policy ENDPOINT [owner TEXT] [mode OCTAL(0..0777)] [quiet]", true, "where to listen"},
    {"allow", "NETWORK... [except ADDRESS...]", true, NULL},
    {"limit idle", "DURATION(1s..1h)", false, NULL},
    {"limit", "NUMBER", false, NULL},
    {"ask", "off|SERVER...", true, NULL},
    {"say", "STRING", true, NULL},
    {"quit", "", false, NULL},
};

static assay_settings *read_text(const char *text) {
  assay_settings *settings;
  assay_diags *diags;
  assay_diag diag;
  assay_status status =
      assay_settings_read_text(&settings, "t.conf", text, strlen(text), forms, COUNT(forms), NULL, &diags);
  if (assay_diags_at(diags, 0, &diag) == ASSAY_OK) fail_msg("%s: %s", text, diag.message);
  assert_int_equal(status, ASSAY_OK);
  assay_diags_free(diags);
  return settings;
}

/* --- values --- */

static const struct {
  const char *line;
  size_t value;
  assay_setting_value expected;
  unsigned column, end_column;
} values[] = {
    {"listen spamd unix:/x", 0, {ASSAY_SETTING_WORD, "", "spamd", 0, "", 0, 0, 0, {0}, 0}, 8, 13},
    {"listen spamd unix:/x", 1, {ASSAY_SETTING_UNIX, "", "/x", 0, "", 0, 0, 0, {0}, 0}, 14, 21},
    {"listen spamd tcp:[2001:DB8::0]:783", 1,
     {ASSAY_SETTING_TCP, "", "tcp:[2001:DB8::0]:783", 0, "2001:db8::", 6, 0, 783, {0}, 0}, 14, 35},
    {"listen spamd tcp:*:0", 1, {ASSAY_SETTING_TCP, "", "tcp:*:0", 0, "*", 0, 0, 0, {0}, 0}, 14, 21},
    {"listen spamd unix:/x quiet", 2, {ASSAY_SETTING_WORD, "quiet", "quiet", 0, "", 0, 0, 0, {0}, 0}, 22, 27},
    {"listen spamd unix:/x owner \"a\\x41\"", 2, {ASSAY_SETTING_STRING, "owner", "aA", 0, "", 0, 0, 0, {0}, 0}, 28, 35},
    {"listen spamd unix:/x mode 0660", 2, {ASSAY_SETTING_NUMBER, "mode", "0660", 0660, "", 0, 0, 0, {0}, 0}, 27, 31},
    {"allow 192.0.2.0/24", 0, {ASSAY_SETTING_NETWORK, "", "192.0.2.0/24", 0, "192.0.2.0", 4, 24, 0, {0}, 0}, 7, 19},
    {"allow ::1", 0, {ASSAY_SETTING_NETWORK, "", "::1", 0, "::1", 6, 128, 0, {0}, 0}, 7, 10},
    {"allow ::/0 except ::ffff:192.0.2.1", 1,
     {ASSAY_SETTING_ADDRESS, "except", "::ffff:192.0.2.1", 0, "192.0.2.1", 4, 0, 0, {0}, 0}, 19, 35},
    {"limit idle 90s", 0, {ASSAY_SETTING_DURATION, "", "90s", 90000, "", 0, 0, 0, {0}, 0}, 12, 15},
    {"limit idle 2m", 0, {ASSAY_SETTING_DURATION, "", "2m", 120000, "", 0, 0, 0, {0}, 0}, 12, 14},
    {"limit idle 1500ms", 0, {ASSAY_SETTING_DURATION, "", "1500ms", 1500, "", 0, 0, 0, {0}, 0}, 12, 18},
    {"limit 5M", 0, {ASSAY_SETTING_NUMBER, "", "5M", 5 << 20, "", 0, 0, 0, {0}, 0}, 7, 9},
    {"limit 007", 0, {ASSAY_SETTING_NUMBER, "", "007", 7, "", 0, 0, 0, {0}, 0}, 7, 10},
    {"ask off", 0, {ASSAY_SETTING_WORD, "", "off", 0, "", 0, 0, 0, {0}, 0}, 5, 8},
    {"ask 192.0.2.1:53 [::1]", 1, {ASSAY_SETTING_SERVER, "", "[::1]", 0, "::1", 6, 0, 0, {0}, 0}, 18, 23},
    {"ask 192.0.2.1:53 [::1]", 0, {ASSAY_SETTING_SERVER, "", "192.0.2.1:53", 0, "192.0.2.1", 4, 0, 53, {0}, 0}, 5, 17},
    {"say \"\" # \"x\"", 0, {ASSAY_SETTING_STRING, "", "", 0, "", 0, 0, 0, {0}, 0}, 5, 7},
    {"say \"\xC3\xA9\"\r", 0, {ASSAY_SETTING_STRING, "", "\xC3\xA9", 0, "", 0, 0, 0, {0}, 0}, 5, 9},
};

static void assert_value(const assay_setting_value *got, size_t i) {
  const assay_setting_value *expected = &values[i].expected;
  api_same(got->part, expected->part);
  api_same(got->text, expected->text);
  api_same(got->address, expected->address);
  bool same = got->kind == expected->kind && got->number == expected->number && got->family == expected->family &&
              got->bits == expected->bits && got->port == expected->port;
  if (!same) fail_msg("%s: %d, %lld", values[i].line, got->kind, (long long)got->number);
  api_same(got->place.file, "t.conf");
  assert_null(got->place.label);
  assert_int_equal(got->index, values[i].value);
  assert_int_equal(got->place.line, 1);
  assert_int_equal(got->place.end_line, 1);
  if (got->place.column != values[i].column || got->place.end_column != values[i].end_column)
    fail_msg("%s: column %u to %u", values[i].line, got->place.column, got->place.end_column);
}

static void test_values(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(values); i++) {
    assay_settings *settings = read_text(values[i].line);
    assay_setting_value value;
    assert_int_equal(assay_settings_value(settings, 0, values[i].value, &value), ASSAY_OK);
    assert_value(&value, i);
    assay_settings_free(settings);
  }
}

/* The longest name wins, lines stand in the order of the file, and the last needs no end. */
static void test_order(void **state) {
  (void)state;
  static const struct {
    const char *name;
    size_t form, values;
    unsigned line, column, end_column;
  } expected[] = {
      {"say", 5, 1, 2, 1, 4}, {"limit idle", 2, 1, 4, 3, 14}, {"limit", 3, 1, 5, 1, 6}, {"quit", 6, 0, 6, 1, 5},
  };
  assay_settings *settings = read_text("\n"
                                       "say \"limit 5\" # one\n"
                                       "# say \"two\"\n"
                                       "  limit\t idle 5s\r\n"
                                       "limit 5\n"
                                       "quit");
  assert_int_equal(assay_settings_count(settings), COUNT(expected));
  for (size_t i = 0; i < COUNT(expected); i++) {
    assay_setting s;
    assert_int_equal(assay_settings_at(settings, i, &s), ASSAY_OK);
    api_same(s.name, expected[i].name);
    api_same(s.place.file, "t.conf");
    assert_int_equal(s.form, expected[i].form);
    assert_int_equal(s.value_count, expected[i].values);
    assert_int_equal(s.place.line, expected[i].line);
    assert_int_equal(s.place.column, expected[i].column);
    assert_int_equal(s.place.end_column, expected[i].end_column);
  }
  assay_settings_free(settings);
}

static void test_parts(void **state) {
  (void)state;
  assay_settings *settings = read_text("allow 10.0.0.0/8 192.0.2.0/24 except 10.0.0.1 10.0.0.2\n"
                                       "listen spamd unix:/x\n");
  assay_setting_value v;
  assert_int_equal(assay_settings_part(settings, 0, "", 1, &v), ASSAY_OK);
  api_same(v.text, "192.0.2.0/24");
  assert_int_equal(assay_settings_part(settings, 0, "", 2, &v), ASSAY_NOT_FOUND);
  assert_int_equal(assay_settings_part(settings, 0, "except", 0, &v), ASSAY_OK);
  api_same(v.text, "10.0.0.1");
  assert_int_equal(assay_settings_part(settings, 0, "except", 1, &v), ASSAY_OK);
  api_same(v.text, "10.0.0.2");
  assert_int_equal(assay_settings_part(settings, 0, "except", 2, &v), ASSAY_NOT_FOUND);
  assert_int_equal(assay_settings_part(settings, 0, "exce", 0, &v), ASSAY_NOT_FOUND);
  assert_int_equal(assay_settings_part(settings, 1, "owner", 0, &v), ASSAY_NOT_FOUND);
  assay_settings_free(settings);
}

/* --- forms --- */

static const struct {
  const char *name, *values;
  bool good;
} form_rows[] = {
    {"a", "", true},
    {"a b-c d_1", "", true},
    {"", "", false},
    {"A", "", false},
    {"1", "", false},
    {"a.b", "", false},
    {"a ", "", false},
    {" a", "", false},
    {"a  b", "", false},
    {"a", "b|c|WORD", true},
    {"a", "WORD STRING TEXT ADDRESS NETWORK ENDPOINT SERVER NUMBER OCTAL DURATION", true},
    {"a", "NUMBER(1..4k) OCTAL(0..0777) DURATION(1ms..1h)", true},
    {"a", "b|NUMBER(7..7)... [c NUMBER(1..2)|d...] [e]", true},
    {"a", "[c]", true},
    {"a", "[c WORD...] [d]", true},
    {"a", "NOTHING", false},
    {"a", "WORDS", false},
    {"a", " WORD", false},
    {"a", "WORD ", false},
    {"a", "WORD  WORD", false},
    {"a", "WORD|", false},
    {"a", "|WORD", false},
    {"a", "WORD..", false},
    {"a", "WORD....", false},
    {"a", "WORD... WORD", false},
    {"a", "WORD(1..2)", false},
    {"a", "b(1..2)", false},
    {"a", "NUMBER(", false},
    {"a", "NUMBER()", false},
    {"a", "NUMBER(1)", false},
    {"a", "NUMBER(1..)", false},
    {"a", "NUMBER(2..1)", false},
    {"a", "NUMBER(1..2", false},
    {"a", "NUMBER(1s..2s)", false},
    {"a", "NUMBER(1..99999999999999999999)", false},
    {"a", "OCTAL(0..8)", false},
    {"a", "DURATION(1..2)", false},
    {"a", "[", false},
    {"a", "[]", false},
    {"a", "[b", false},
    {"a", "[b ]", false},
    {"a", "[b ", false},
    {"a", "[WORD]", false},
    {"a", "[b] [b]", false},
    {"a", "[b] WORD", false},
    {"a", "[b [c]]", false},
    {"a", "[b][c]", false},
    {"a", "[b] ", false},
    {"a", "WORD[b]", false},
    {"a", "]", false},
};

static void test_forms(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(form_rows); i++) {
    assay_setting_form form = {form_rows[i].name, form_rows[i].values, false, NULL};
    assay_settings *settings = (assay_settings *)&form;
    assay_diags *diags = (assay_diags *)&form;
    assay_status status = assay_settings_read_text(&settings, "t", "", 0, &form, 1, NULL, &diags);
    if (status != (form_rows[i].good ? ASSAY_OK : ASSAY_BAD_ARGUMENT)) fail_msg("`%s` `%s`", form.name, form.values);
    if (!form_rows[i].good) assert_true(settings == NULL && diags == NULL);
    assay_settings_free(settings);
    assay_diags_free(diags);
  }
}

static void test_one_name_one_form(void **state) {
  (void)state;
  static const assay_setting_form twice[] = {{"a", "", true, NULL}, {"b", "", true, NULL}, {"a", "WORD", true, NULL}};
  assay_settings *settings;
  assert_int_equal(assay_settings_read_text(&settings, "t", "a", 1, twice, 2, NULL, NULL), ASSAY_OK);
  assay_settings_free(settings);
  assert_int_equal(assay_settings_read_text(&settings, "t", "a", 1, twice, 3, NULL, NULL), ASSAY_BAD_ARGUMENT);
  assert_null(settings);
}

/* --- errors --- */

static void assert_diag(const assay_diags *diags, size_t index, const char *code, unsigned line, const char *words) {
  assay_diag diag;
  assert_int_equal(assay_diags_at(diags, index, &diag), ASSAY_OK);
  api_same(diag.code, code);
  assert_int_equal(diag.place.line, line);
  if (!strstr(diag.message, words)) fail_msg("`%s`, not `%s`", diag.message, words);
  assert_non_null(diag.help);
}

/* One run says everything, in order, one message a line. */
static void test_all_errors(void **state) {
  (void)state;
  static const char text[] = "limit 1\nnothing\n\nlimit 2\nallow all, @ @\nlimit idle 2h\n";
  assay_settings *settings = (assay_settings *)&text;
  assay_diags *diags;
  assert_int_equal(assay_settings_read_text(&settings, "t", text, strlen(text), forms, COUNT(forms), NULL, &diags),
                   ASSAY_BAD_SETTINGS);
  assert_null(settings);
  assert_int_equal(assay_diags_count(diags), 4);
  assert_int_equal(assay_diags_errors(diags), 4);
  assert_diag(diags, 0, "E401", 2, "nothing");
  assert_diag(diags, 1, "E405", 4, "limit");
  assert_diag(diags, 2, "E102", 5, ",");
  assert_diag(diags, 3, "E406", 6, "2h");
  assay_diags_free(diags);
  assert_int_equal(assay_settings_read_text(&settings, "t", "x", 1, NULL, 0, NULL, NULL), ASSAY_BAD_SETTINGS);
}

/* What a host says stands among the others, by its place, and is an error like them. */
static void test_complaints(void **state) {
  (void)state;
  static const char text[] = "say \"a\"\nlisten spamd unix:/x owner postfx\n";
  struct api_sink sink = {.len = 0};
  assay_settings *settings;
  assay_diags *diags;
  assert_int_equal(assay_settings_read_text(&settings, "t", text, strlen(text), forms, COUNT(forms), NULL, &diags),
                   ASSAY_OK);
  assert_int_equal(assay_settings_complain(settings, 1, 2, "there is no user `postfx`", "make one", diags), ASSAY_OK);
  assert_int_equal(assay_settings_complain(settings, 0, ASSAY_SETTING_WHOLE, "too\nloud", NULL, diags), ASSAY_OK);
  assert_int_equal(assay_diags_errors(diags), 2);
  assay_settings_free(settings);
  for (size_t i = 0; i < 2; i++) assert_int_equal(assay_diags_render(diags, i, false, api_write, &sink), ASSAY_OK);
  api_same(sink.text, "t:1:1: error[E408]: too?loud\n"
                      "    1 | say \"a\"\n"
                      "      | ^^^\n"
                      "t:2:28: error[E408]: there is no user `postfx`\n"
                      "    2 | listen spamd unix:/x owner postfx\n"
                      "      |                            ^^^^^^\n"
                      "      = help: make one\n");
  assay_diags_free(diags);
}

/* --- files --- */

static void test_files(void **state) {
  (void)state;
  char folder[] = "/tmp/assay-settings-XXXXXX", path[64];
  assay_settings *settings;
  assay_diags *diags;
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/a.conf", folder);
  static const struct {
    long size; /* of the file; -1: there is none, -2: it is a folder, -3: a pipe */
    assay_status status;
    const char *code, *words;
  } rows[] = {
      {0, ASSAY_OK, NULL, NULL},
      {1 << 20, ASSAY_OK, NULL, NULL},
      {(1 << 20) + 1, ASSAY_OVER_LIMIT, "E109", "larger than 1 MiB"},
      {-1, ASSAY_NOT_FOUND, "E110", "No such file"},
      {-2, ASSAY_NOT_FOUND, "E110", ": it is a folder"},
      {-3, ASSAY_IO_ERROR, "E110", "not a regular file"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    FILE *file = rows[i].size >= 0 ? fopen(path, "w") : NULL;
    for (long n = 0; n < rows[i].size; n++) assert_true(fputc(n % 80 ? '#' : '\n', file) != EOF);
    if (file) assert_int_equal(fclose(file), 0);
    if (rows[i].size == -2) assert_int_equal(mkdir(path, 0700), 0);
    if (rows[i].size == -3) assert_int_equal(mkfifo(path, 0600), 0);
    assay_status status = assay_settings_read_file(&settings, path, forms, COUNT(forms), NULL, &diags);
    if (status != rows[i].status) fail_msg("%ld: status %d", rows[i].size, status);
    assert_int_equal(settings != NULL, status == ASSAY_OK);
    assert_int_equal(assay_diags_count(diags), rows[i].code != NULL);
    if (rows[i].code) assert_diag(diags, 0, rows[i].code, 0, rows[i].words);
    assay_settings_free(settings);
    assay_diags_free(diags);
    if (rows[i].size != -1) assert_int_equal(remove(path), 0);
  }
  assert_int_equal(rmdir(folder), 0);
}

static void test_large_text(void **state) {
  (void)state;
  size_t most = 1 << 20;
  char *text = malloc(most + 1);
  assay_settings *settings;
  assay_diags *diags;
  assert_non_null(text);
  memset(text, '\n', most + 1);
  assert_int_equal(assay_settings_read_text(&settings, "t", text, most, forms, COUNT(forms), NULL, NULL), ASSAY_OK);
  assay_settings_free(settings);
  assert_int_equal(assay_settings_read_text(&settings, "t", text, most + 1, forms, COUNT(forms), NULL, &diags),
                   ASSAY_OVER_LIMIT);
  assert_diag(diags, 0, "E109", 0, "larger than 1 MiB");
  assay_diags_free(diags);
  free(text);
}

/* --- the contract --- */

static void test_reading_misused(void **state) {
  (void)state;
  static const assay_setting_form nameless = {NULL, "", false, NULL}, formless = {"a", NULL, false, NULL};
  static const struct {
    bool out, name, text;
    const assay_setting_form *forms;
    size_t count;
  } rows[] = {
      {false, true, true, forms, 1}, {true, false, true, forms, 1},     {true, true, false, forms, 1},
      {true, true, true, NULL, 1},   {true, true, true, &nameless, 1}, {true, true, true, &formless, 1},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    assay_settings *settings = (assay_settings *)&rows, **out = rows[i].out ? &settings : NULL;
    assay_diags *diags = (assay_diags *)&rows;
    const char *name = rows[i].name ? "/dev/null" : NULL, *text = rows[i].text ? "" : NULL;
    assert_int_equal(assay_settings_read_text(out, name, text, 1, rows[i].forms, rows[i].count, NULL, &diags),
                     ASSAY_BAD_ARGUMENT);
    assert_null(diags);
    diags = (assay_diags *)&rows;
    if (rows[i].text)
      assert_int_equal(assay_settings_read_file(out, name, rows[i].forms, rows[i].count, NULL, &diags),
                       ASSAY_BAD_ARGUMENT);
    if (rows[i].text) assert_null(diags);
    if (rows[i].out) assert_null(settings);
  }
}

static void test_looking_misused(void **state) {
  (void)state;
  assay_settings *settings = read_text("limit 1");
  assay_setting setting;
  assay_setting_value value;
  assert_int_equal(assay_settings_count(NULL), 0);
  assert_int_equal(assay_settings_at(NULL, 0, &setting), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_settings_at(settings, 0, NULL), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_settings_at(settings, 1, &setting), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_settings_value(NULL, 0, 0, &value), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_settings_value(settings, 0, 0, NULL), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_settings_value(settings, 1, 0, &value), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_settings_value(settings, 0, 1, &value), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_settings_value(settings, 0, ASSAY_SETTING_WHOLE, &value), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_settings_part(NULL, 0, "", 0, &value), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_settings_part(settings, 1, "", 0, &value), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_settings_part(settings, 0, NULL, 0, &value), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_settings_part(settings, 0, "", 0, NULL), ASSAY_BAD_ARGUMENT);
  assay_settings_free(settings);
  assay_settings_free(NULL);
}

static void test_complaining_misused(void **state) {
  (void)state;
  assay_settings *settings;
  assay_diags *diags;
  assert_int_equal(assay_settings_read_text(&settings, "t", "limit 1", 7, forms, COUNT(forms), NULL, &diags), ASSAY_OK);
  assert_int_equal(assay_settings_complain(NULL, 0, 0, "m", NULL, diags), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_settings_complain(settings, 1, 0, "m", NULL, diags), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_settings_complain(settings, 0, 1, "m", NULL, diags), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_settings_complain(settings, 0, 0, NULL, NULL, diags), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_settings_complain(settings, 0, 0, "m", NULL, NULL), ASSAY_BAD_ARGUMENT);
  assert_int_equal(assay_diags_count(diags), 0);
  assay_settings_free(settings);
  assay_diags_free(diags);
}

/* --- memory --- */

static assay_status read_good(struct test_alloc *alloc) {
  static const char text[] = "listen spamd tcp:[::1]:783 owner \"x\" quiet\n"
                             "allow ::/0 10.0.0.0/8 except ::1\n"
                             "limit 5k\n";
  assay_settings *settings;
  assay_diags *diags;
  assay_status status = assay_settings_read_text(&settings, "t", text, strlen(text), forms, COUNT(forms), &alloc->alloc,
                                                 &diags);
  assert_int_equal(settings != NULL, status == ASSAY_OK);
  if (status == ASSAY_OK) status = assay_settings_complain(settings, 0, 1, "no such user", "make it", diags);
  assay_settings_free(settings);
  assay_diags_free(diags);
  return status;
}

/* The same of one that has errors, which is no failure of memory. */
static assay_status read_bad(struct test_alloc *alloc) {
  static const char text[] = "lisen\nzzz\nlimit\nlimit idle\nlisten span\nlisten spamd unix:/x quiet quiet\n"
                             "allow 192.0.2.1/24\nallow al\nlimit 1\nlisten spamd tcp:x\nask 1\n";
  assay_settings *settings;
  assay_diags *diags;
  assay_status status = assay_settings_read_text(&settings, "t", text, strlen(text), forms, COUNT(forms), &alloc->alloc,
                                                 &diags);
  assert_null(settings);
  if (status == ASSAY_BAD_SETTINGS) assert_int_equal(assay_diags_count(diags), 11);
  assay_diags_free(diags);
  return status == ASSAY_BAD_SETTINGS ? ASSAY_OK : status;
}

static assay_status read_missing(struct test_alloc *alloc) {
  assay_settings *settings;
  assay_diags *diags;
  assay_status status =
      assay_settings_read_file(&settings, "/nonexistent/x", forms, COUNT(forms), &alloc->alloc, &diags);
  assay_diags_free(diags);
  return status == ASSAY_NOT_FOUND ? ASSAY_OK : status;
}

static void test_no_memory(void **state) {
  (void)state;
  api_starve(read_good, 6, 0);
  api_starve(read_bad, 6, 0);
  api_starve(read_missing, 4, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_values),
      cmocka_unit_test(test_order),
      cmocka_unit_test(test_parts),
      cmocka_unit_test(test_forms),
      cmocka_unit_test(test_one_name_one_form),
      cmocka_unit_test(test_all_errors),
      cmocka_unit_test(test_complaints),
      cmocka_unit_test(test_files),
      cmocka_unit_test(test_large_text),
      cmocka_unit_test(test_reading_misused),
      cmocka_unit_test(test_looking_misused),
      cmocka_unit_test(test_complaining_misused),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
