/* Owns the proof of the TSV reader: columns, escapes, what is unknown and what is empty, and every malformed line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_assay.h"
#include "proto/tsv.h"

#define SIZED(literal) "" literal, sizeof(literal) - 1

/* A header and a line; log NULL: the line, or the header when line is NULL, is refused with these words. */
static const struct row {
  const char *header;
  size_t header_len;
  const char *line;
  size_t line_len;
  const char *log, *id, *words;
} rows[] = {
    {SIZED("helo"), SIZED("mx.example"), "set helo=mx.example; ", NULL, NULL},
    {SIZED("helo"), SIZED(""), "set helo=; ", NULL, NULL},
    {SIZED("helo"), SIZED("\\N"), "", NULL, NULL},
    {SIZED("helo"), SIZED("\\\\N"), "set helo=\\N; ", NULL, NULL},
    {SIZED("id\tclient.ip\thelo"), SIZED("a7\t192.0.2.1\tmx"), "set client.ip=192.0.2.1; set helo=mx; ", "a7",
     NULL},
    {SIZED("helo\tid"), SIZED("mx\t"), "set helo=mx; ", "", NULL},
    {SIZED("helo\tid"), SIZED("mx\t\\N"), "set helo=mx; ", NULL, NULL},
    {SIZED("id\thelo"), SIZED("a\\tb\tx"), "set helo=x; ", "a\tb", NULL},
    {SIZED("helo"), SIZED("a\\tb\\nc\\rd\\\\e"), "set helo=a\\x09b\\x0ac\\x0dd\\e; ", NULL, NULL},
    {SIZED("helo"), SIZED("\\x00\\xfF\\x41"), "set helo=\\x00\\xffA; ", NULL, NULL},
    {SIZED("helo"), SIZED("a\0b\xff\r"), "set helo=a\\x00b\\xff\\x0d; ", NULL, NULL},
    {SIZED("helo\r"), SIZED("mx\r"), "set helo=mx; ", NULL, NULL},
    {SIZED("helo\r"), SIZED("mx"), "set helo=mx; ", NULL, NULL},
    {SIZED("-\thelo\t-"), SIZED("\\q\tmx\tx"), "set helo=mx; ", NULL, NULL},
    {SIZED("rcpt\trcpt\trcpt"), SIZED("a@b\tc@d\t\\N"), "set rcpt=a@b; append rcpt=c@d; ", NULL, NULL},
    {SIZED("rcpt\trcpt"), SIZED("\t"), "set rcpt=; ", NULL, NULL},
    {SIZED("rcpt\trcpt"), SIZED("\ta@b"), "set rcpt=; append rcpt=a@b; ", NULL, NULL},
    {SIZED("rcpt\trcpt"), SIZED("\\N\ta@b"), "set rcpt=a@b; ", NULL, NULL},
    {SIZED("helo"), SIZED("\\q"), NULL, NULL, "column \"helo\": \"\\q\" is no escape; write \\\\ for a backslash"},
    {SIZED("helo"), SIZED("a\\"), NULL, NULL, "\"\\\" is no escape"},
    {SIZED("helo"), SIZED("\\x4"), NULL, NULL, "\"\\x4\" is no escape"},
    {SIZED("helo"), SIZED("\\x4g"), NULL, NULL, "\"\\x4g\" is no escape"},
    {SIZED("helo"), SIZED("\\n\\N"), NULL, NULL, "\"\\N\" is no escape"},
    {SIZED("helo"), SIZED("a\tb"), NULL, NULL, "2 columns where the header names 1"},
    {SIZED("helo\tid"), SIZED("a"), NULL, NULL, "1 column where the header names 2"},
    {SIZED("helo\tid\t-"), SIZED(""), NULL, NULL, "1 column where the header names 3"},
    {SIZED("client.ip"), SIZED(FAKE_BAD_VALUE), NULL, NULL,
     "\"bad-value\" does not fit client.ip: write an IPv4 or IPv6 address, such as 192.0.2.1"},
    {SIZED("session.hour"), SIZED(FAKE_BAD_VALUE), NULL, NULL, "does not fit session.hour: write a whole number, 0 to 23"},
    {SIZED("rcpt\trcpt"), SIZED("a@b\t" FAKE_BAD_VALUE), NULL, NULL, "does not fit rcpt"},
    {SIZED("hello"), NULL, 0, NULL, NULL, "column \"hello\" is no fact; did you mean helo?"},
    {SIZED("rdns"), NULL, 0, NULL, NULL, "did you mean client.rdns?"},
    {SIZED("zzzzzzzzzz"), NULL, 0, NULL, NULL, "column \"zzzzzzzzzz\" is no fact; `assay facts` lists them"},
    {SIZED(""), NULL, 0, NULL, NULL, "column \"\" is no fact"},
    {SIZED("helo\thelo"), NULL, 0, NULL, NULL, "column \"helo\" stands twice in the header"},
    {SIZED("id\thelo\tid"), NULL, 0, NULL, NULL, "column \"id\" stands twice in the header"},
    {SIZED("\033[2Jx"), NULL, 0, NULL, NULL, "column \"\\x1b[2Jx\" is no fact"},
};

static void check_id(const struct row *row, const struct proto_id *id) {
  if (!row->id) {
    assert_int_equal(id->kind, PROTO_ID_NONE);
    return;
  }
  assert_int_equal(id->kind, PROTO_ID_BYTES);
  assert_int_equal(id->len, strlen(row->id));
  assert_memory_equal(id->ptr, row->id, id->len);
}

static void check_row(const struct row *row) {
  char line[256];
  struct tsv tsv;
  struct proto_error error = {""};
  struct proto_id id = {0};
  assay_facts facts = {"left from before", 16};
  memcpy(line, row->header, row->header_len);
  enum proto_result result = tsv_header(&tsv, line, row->header_len, &error);
  if (row->line) {
    assert_int_equal(result, PROTO_OK);
    memcpy(line, row->line, row->line_len);
    result = tsv_line(&tsv, line, row->line_len, &facts, &id, &error);
  }
  if (!row->log) {
    assert_int_equal(result, PROTO_BAD);
    if (!strstr(error.text, row->words)) fail_msg("got: %s\nwant: %s", error.text, row->words);
    return;
  }
  if (result != PROTO_OK) fail_msg("%s", error.text);
  assert_string_equal(facts.log, row->log);
  check_id(row, &id);
}

static void lines_are_read(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check_row(&rows[i]);
}

static void memory_is_no_malformed_line(void **state) {
  (void)state;
  char header[] = "helo", line[] = FAKE_NO_MEMORY;
  struct tsv tsv;
  struct proto_error error;
  struct proto_id id;
  assay_facts facts = {"", 0};
  assert_int_equal(tsv_header(&tsv, header, strlen(header), &error), PROTO_OK);
  assert_int_equal(tsv_line(&tsv, line, strlen(line), &facts, &id, &error), PROTO_NO_MEMORY);
}

static void columns_have_a_limit(void **state) {
  (void)state;
  char header[2 * TSV_COLUMNS + 2];
  struct tsv tsv;
  struct proto_error error;
  for (size_t i = 0; i < sizeof header; i++) header[i] = i % 2 ? '\t' : '-';
  assert_int_equal(tsv_header(&tsv, header, 2 * TSV_COLUMNS - 1, &error), PROTO_OK);
  assert_int_equal(tsv.count, TSV_COLUMNS);
  assert_int_equal(tsv_header(&tsv, header, 2 * TSV_COLUMNS + 1, &error), PROTO_BAD);
  assert_non_null(strstr(error.text, "more than 256 columns"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_are_read),
      cmocka_unit_test(memory_is_no_malformed_line),
      cmocka_unit_test(columns_have_a_limit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
