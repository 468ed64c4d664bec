/* Tests that a damaged response is never taken for another, nor read beyond its end; and reading without memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "reply_text.h"
#include "support/alloc.h"
#include "support/dns_reply.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NAME "www.mail.example"

static struct dns_message message;

static const struct sample {
  assay_question_type type;
  unsigned flags;
  const char *lines, *expect;
} samples[] = {
    {ASSAY_QUESTION_A, DNS_RESPONSE, "an " NAME " 300 A 192.0.2.1\nan " NAME " 300 A 192.0.2.2\nar . 32768 OPT",
     "found 300: 192.0.2.1 192.0.2.2"},
    {ASSAY_QUESTION_AAAA, DNS_RESPONSE,
     "an " NAME " 5 CNAME a.example\nan a.example 7 AAAA 20010db8000000000000000000000001",
     "found 5: 20010db8000000000000000000000001"},
    {ASSAY_QUESTION_PTR, DNS_RESPONSE,
     "an " NAME " 300 PTR mail.example\nns example 9 NS ns.example\nar ns.example 1 A 10.0.0.1",
     "found 300: <mail.example>"},
    {ASSAY_QUESTION_MX, DNS_RESPONSE, "an " NAME " 1 MX 20 mx2.mail.example\nan " NAME " 1 MX 10 mx1.mail.example",
     "found 1: <mx1.mail.example> <mx2.mail.example>"},
    {ASSAY_QUESTION_TXT, DNS_RESPONSE, "an " NAME " 1 TXT \"one\" \"two\"\nan " NAME " 1 TXT \"\"",
     "found 1: <> <onetwo>"},
    {ASSAY_QUESTION_NS, DNS_RESPONSE, "an " NAME " 1 NS \\000\\255.\\046.example", "found 1: <\\000\\255.\\..example>"},
    {ASSAY_QUESTION_A, DNS_RESPONSE | 3, "ns example 900 SOA 60", "nxdomain 60"},
    {ASSAY_QUESTION_MX, DNS_RESPONSE, "an " NAME " 30 CNAME b.example\nns example 900 SOA 60\nar . 0 OPT", "nodata 30"},
    {ASSAY_QUESTION_A, DNS_RESPONSE | 2, "", "servfail -"},
};

static void write_sample(const struct sample *sample, bool compress) {
  message.compress = compress;
  dns_begin(&message, sample->flags, NAME, dns_type(dns_type_word(sample->type)));
  dns_add(&message, sample->lines);
}

static void expect_read(const struct sample *sample, const char *expect) {
  char *got = read_text(&message, sample->type, NAME);
  if (strcmp(got, expect) != 0)
    fail_msg("%s\nof %zu bytes:\n  %s\nnot %s", sample->lines, message.len, got, expect);
  free(got);
}

static void cut_off_at_each_byte(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(samples) * 2; i++) {
    const struct sample *sample = &samples[i / 2];
    write_sample(sample, i % 2);
    expect_read(sample, sample->expect);
    while (message.len-- > 0) expect_read(sample, "malformed -");
  }
}

static const char *fault_of(const struct sample *sample) {
  uint8_t *bytes = malloc(message.len);
  struct dns_reply reply;
  struct arena arena;
  arena_init(&arena, &mem_default, SIZE_MAX);
  assert_non_null(bytes);
  memcpy(bytes, message.bytes, message.len);
  assert_int_equal(dns_read(&reply, &arena, bytes, message.len, sample->type, TEXT(NAME)), ASSAY_OK);
  const char *fault = dns_reply_fault(&reply, sample->type);
  arena_free(&arena);
  free(bytes);
  return fault;
}

static void each_byte_changed(void **state) {
  (void)state;
  static const uint8_t values[] = {0x00, 0xff, 0xc0, 0x3f, 0x40, 0x01, 0x80};
  for (size_t i = 0; i < COUNT(samples) * 2; i++) {
    const struct sample *sample = &samples[i / 2];
    write_sample(sample, i % 2);
    for (size_t at = 0; at < message.len; at++) {
      uint8_t was = message.bytes[at];
      for (size_t v = 0; v <= COUNT(values); v++) {
        message.bytes[at] = v < COUNT(values) ? values[v] : (uint8_t)(was ^ 1);
        const char *fault = fault_of(sample);
        if (fault) fail_msg("%s\nbyte %zu is %02x: %s", sample->lines, at, message.bytes[at], fault);
      }
      message.bytes[at] = was;
    }
    expect_read(sample, sample->expect);
  }
}

/* Another byte in the question, and it is another question. */
static void each_byte_of_the_question_counts(void **state) {
  (void)state;
  enum { BEGIN = 12, END = BEGIN + sizeof NAME + 1 + 4 };
  write_sample(&samples[0], false);
  for (size_t at = BEGIN; at < END; at++) {
    message.bytes[at] ^= 1;
    expect_read(&samples[0], "malformed -");
    message.bytes[at] ^= 1;
  }
  expect_read(&samples[0], samples[0].expect);
}

/* The allocator fails at its nth call, with more and less left in the arena, so that each allocation meets its end. */
static void without_memory(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(samples); i++) {
    write_sample(&samples[i], true);
    size_t failures = 0;
    for (size_t taken = 1; taken < 4096; taken += 8) {
      struct test_alloc t;
      struct arena arena;
      struct dns_reply reply;
      test_alloc_failing(&t, 2, true);
      arena_init(&arena, &t.alloc, SIZE_MAX);
      if (!arena_new(&arena, taken)) { /* the last: it does not fit into one piece */
        arena_free(&arena);
        break;
      }
      assay_status status = dns_read(&reply, &arena, message.bytes, message.len, samples[i].type, TEXT(NAME));
      if (status == ASSAY_OK) {
        char *got = reply_text(&reply, samples[i].type);
        assert_string_equal(got, samples[i].expect);
        free(got);
      } else {
        assert_int_equal(status, ASSAY_NO_MEMORY);
        failures++;
      }
      arena_free(&arena);
      assert_true(test_alloc_clean(&t));
    }
    if (samples[i].lines[0]) assert_true(failures > 0);
  }
}

static void without_any_memory(void **state) {
  (void)state;
  write_sample(&samples[0], true);
  for (int i = 0; i < 40; i++) {
    char line[64];
    snprintf(line, sizeof line, "an " NAME " 300 A 192.0.2.%d", i + 3);
    message.bytes[11] = 0; /* the OPT record becomes an answer, which is not of the type */
    if (i == 0) message.bytes[7]++;
    dns_add(&message, line);
  }
  struct test_alloc t;
  test_alloc_init(&t);
  for (size_t nth = 1, calls = 1; nth <= calls; nth++) {
    struct arena arena;
    struct dns_reply reply;
    test_alloc_init(&t);
    arena_init(&arena, &t.alloc, SIZE_MAX);
    assert_int_equal(dns_read(&reply, &arena, message.bytes, message.len, ASSAY_QUESTION_A, TEXT(NAME)), ASSAY_OK);
    assert_int_equal(reply.count, 42);
    calls = t.calls;
    arena_free(&arena);
    test_alloc_failing(&t, nth, false);
    arena_init(&arena, &t.alloc, SIZE_MAX);
    assert_int_equal(dns_read(&reply, &arena, message.bytes, message.len, ASSAY_QUESTION_A, TEXT(NAME)),
                     ASSAY_NO_MEMORY);
    arena_free(&arena);
    assert_true(test_alloc_clean(&t));
  }
}

/* Bytes that mean nothing, and a message as large as there can be whose names are pointers to one another. */
static void noise(void **state) {
  (void)state;
  uint64_t seed = 1;
  write_sample(&samples[0], true);
  size_t begin = 12 + sizeof NAME + 1 + 4;
  for (int round = 0; round < 20000; round++) {
    message.len = begin + (size_t)(seed % 64);
    for (size_t at = begin - 2; at < message.len; at++) {
      seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
      if (at >= begin) message.bytes[at] = (uint8_t)(seed >> 8 & (seed & 1 ? 0xff : 0x0f));
    }
    message.bytes[7] = 1 + seed % 2;
    message.bytes[11] = 0;
    const char *fault = fault_of(&samples[0]);
    if (fault) fail_msg("round %d: %s", round, fault);
  }
}

static void as_long_as_can_be(void **state) {
  (void)state;
  write_sample(&samples[8], false);
  message.bytes[3] = 0x80;
  size_t count = 0, last = 12;
  for (; message.len + 16 <= sizeof message.bytes; count++) {
    size_t at = message.len;
    dns_put(&message, 0xc000u | last, 2);
    if (at < 0x4000 && count % 200 < 120) last = at; /* as many pointers as are followed, and again */
    if (count % 200 == 199 && at < 0x4000) last = 12;
    dns_put(&message, 0x00010001, 4);
    dns_put(&message, 1, 4);
    dns_put(&message, 4, 2);
    dns_put(&message, 0x0a000000u + count, 4);
  }
  message.bytes[6] = (uint8_t)(count >> 8);
  message.bytes[7] = (uint8_t)count;
  struct arena arena;
  struct dns_reply reply;
  arena_init(&arena, &mem_default, SIZE_MAX);
  assert_int_equal(dns_read(&reply, &arena, message.bytes, message.len, ASSAY_QUESTION_A, TEXT(NAME)), ASSAY_OK);
  assert_int_equal(reply.outcome, ASSAY_OUTCOME_FOUND);
  assert_int_equal(reply.count, DNS_RECORDS_MAX);
  assert_memory_equal(reply.records[63].bytes, "\x0a\0\0\x3f", 4);
  arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cut_off_at_each_byte),
      cmocka_unit_test(each_byte_changed),
      cmocka_unit_test(each_byte_of_the_question_counts),
      cmocka_unit_test(without_memory),
      cmocka_unit_test(without_any_memory),
      cmocka_unit_test(noise),
      cmocka_unit_test(as_long_as_can_be),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
