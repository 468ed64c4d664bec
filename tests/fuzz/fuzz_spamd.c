/* Fuzzes the codec of spamd's protocol: a request cut in two comes out as it does whole, and replies are what clients
 * can read. An input is: a byte of switches, one that says where to cut, the request. */
#include <assay/assay.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "proto/spamd.h"

enum { AT_END = 1, SMALL = 2, SPAMASSASSIN = 4, HOST = 8 };

static const char rules[] =
    "rule HELO_LOCAL { describe \"says localhost\"  when helo == \"localhost\"  score 3 }\n"
    "rule HELO_IS_IP { describe \"an address\"  when helo == \"192.0.2.1\"  score 3 }\n"
    "rule NO_RDNS { describe \"no name\"  when client.rdns == \"\"  score 4.5 }\n"
    "exempt OURS { describe \"ours\"  when client.ip in 198.51.100.0/24 }\n"
    "action tag at 2.5\naction reject at 5.0 \"from {helo}, {client.rdns} or {client.ip}\"\n";

static bool printable(const char *ptr, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (ptr[i] < 0x20 || ptr[i] > 0x7E) return false;
  return true;
}

/* One line of ASCII, not too long, in spamd's form. */
static void check_error(const struct bytes *out) {
  MUST(!out->failed && out->len > 14 && out->len <= 480);
  MUST(memcmp(out->ptr, "SPAMD/1.0 ", 10) == 0 && memcmp(out->ptr + out->len - 2, "\r\n", 2) == 0);
  MUST(printable(out->ptr, out->len - 2));
}

/* The lines before the empty one are short and printable, and a length that is said is true. */
static void check_reply(const struct bytes *out, const struct spamd_request *request) {
  static const char length[] = "Content-length: ";
  const char *at = out->ptr, *end = out->ptr + out->len;
  size_t said = SIZE_MAX, lines = 0;
  bool message = request->command == SPAMD_PROCESS || request->command == SPAMD_HEADERS;
  MUST(!out->failed && out->len >= 18 && memcmp(at, "SPAMD/1.", 8) == 0);
  for (;;) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    MUST(stop && stop > at && stop[-1] == '\r' && stop - at <= 100 && printable(at, (size_t)(stop - 1 - at)));
    if (memcmp(at, length, sizeof length - 1) == 0) said = strtoul(at + sizeof length - 1, NULL, 10);
    bool last = stop - at == 1;
    at = stop + 1;
    lines++;
    if (last || request->command == SPAMD_PING || (message && request->version < 1200)) break;
  }
  MUST(lines <= 4);
  MUST(said == SIZE_MAX || said == (size_t)(end - at));
  if (!spamd_wants_verdict(request)) return;
  MUST(said != SIZE_MAX || request->version < 1300 || request->command == SPAMD_CHECK);
  if (message) return;
  for (; at < end; at++) MUST(*at == '\n' || *at == '\r' || printable(at, 1));
}

static void judge(const struct spamd_request *request, const char *bytes, unsigned switches) {
  static assay_ruleset *set;
  static assay_facts *facts;
  static assay_workspace *workspace;
  static assay_verdict *verdict;
  if (!set) {
    MUST(assay_ruleset_compile_text(&set, "rules", rules, sizeof rules - 1, NULL, NULL) == ASSAY_OK);
    MUST(assay_facts_new(&facts, NULL) == ASSAY_OK && assay_workspace_new(&workspace, NULL) == ASSAY_OK);
    MUST(assay_verdict_new(&verdict, NULL) == ASSAY_OK);
  }
  struct bytes out = {0};
  struct proto_error error = {""};
  size_t len;
  const char *message = spamd_message(request, bytes, &len);
  MUST(message);
  assay_facts_clear(facts);
  enum proto_result result = spamd_facts(request, bytes, facts, &error);
  MUST(result != PROTO_NO_MEMORY);
  if (result == PROTO_BAD) {
    spamd_error(&out, SPAMD_PROTOCOL, error.text);
    check_error(&out);
    out.len = 0;
  }
  MUST(assay_evaluate(set, facts, workspace, verdict) == ASSAY_OK);
  struct spamd_said said = {verdict, 2500, switches & SPAMASSASSIN ? SPAMD_MARKUP_SPAMASSASSIN : SPAMD_MARKUP_ASSAY,
                            switches & HOST ? "mx.example" : NULL};
  spamd_reply(&out, request, bytes, &said);
  check_reply(&out, request);
  bytes_free(&out);
}

/* In a block of just its size, so that a byte too far is found out. */
static enum codec_need scan(struct spamd_request *request, const uint8_t *data, size_t len, bool at_end,
                            const struct spamd_limits *limits) {
  char *copy = malloc(len ? len : 1);
  MUST(copy);
  if (len > 0) memcpy(copy, data, len);
  enum codec_need need = spamd_scan(request, copy, len, at_end, limits);
  free(copy);
  return need;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const struct spamd_limits usual = {100000, 4096, 255}, small = {40, 100, 3};
  if (size < 2) return 0;
  unsigned switches = data[0];
  const struct spamd_limits *limits = switches & SMALL ? &small : &usual;
  const uint8_t *input = data + 2;
  size_t len = size - 2, cut = len > 0 ? data[1] % (len + 1) : 0;
  bool at_end = switches & AT_END;
  struct spamd_request whole = {0}, parts = {0};
  enum codec_need need = scan(&whole, input, len, at_end, limits), again = scan(&parts, input, cut, false, limits);
  if (again == CODEC_MORE) again = scan(&parts, input, len, at_end, limits);
  MUST(need == again && whole.fault == parts.fault && whole.got == parts.got && whole.used == parts.used);
  MUST(!at_end || need != CODEC_MORE);
  if (need == CODEC_READY) {
    MUST(whole.used <= len && spamd_request_held(&whole) < 400000);
    judge(&whole, (const char *)input, switches);
  }
  if (need == CODEC_BAD) {
    struct bytes out = {0};
    spamd_refuse(&out, &whole, (const char *)input);
    check_error(&out);
    bytes_free(&out);
  }
  spamd_request_free(&whole);
  spamd_request_free(&parts);
  return 0;
}
