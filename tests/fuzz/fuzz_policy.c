/* Fuzzes Postfix's policy delegation: however a stream is cut, the same requests come out of it; and whatever stands in
 * them and in the site's mapping, a reply is one line that Postfix cannot misread. An input is: a byte of flags, one for
 * the length of the mapping's text, that text, the stream. */
#include <assay/assay.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "proto/policy.h"

/* Each verdict there is, by what HELO begins with; replies show what the client said. */
static const char rules[] =
    "rule A { describe \"a\" score 1 when starts_with(helo, \"a\") }\nrule B { describe \"b\" score 2 when "
    "starts_with(helo, \"b\") }\nrule C { describe \"c\" score 3 when starts_with(helo, \"c\") }\n"
    "rule D { describe \"d\" score 4 when starts_with(helo, \"d\") or starts_with(helo.raw, \"4\") }\n"
    "rule E { describe \"e\" score 5 when helo == \"\" or helo.is_literal or mail.from == \"\" }\n"
    "action tag at 1\naction greylist at 2 \"say {helo}\"\naction defer at 3 \"4.7.1 no {helo}\"\n"
    "action reject at 4 \"  550 {{ {helo} {client.rdns}\"\naction discard at 5 \"drop {rules} {helo}\"\n";

static const struct policy_limits limits = {64, 512};

struct machine {
  assay_ruleset *ruleset;
  assay_facts *facts;
  assay_verdict *verdict;
  struct policy_map map;
  bool dry_run, prepended;
};

/* The same for every input, so compiled once. */
static assay_ruleset *shared_ruleset(void) {
  static assay_ruleset *ruleset;
  assay_status status = ASSAY_OK;
  if (!ruleset) status = assay_ruleset_compile_text(&ruleset, "fuzz.rule", rules, sizeof rules - 1, NULL, NULL);
  MUST(status == ASSAY_OK);
  return assay_ruleset_ref(ruleset);
}

static void machine_open(struct machine *m, unsigned flags, const char *text, size_t len) {
  struct proto_error error;
  m->ruleset = shared_ruleset();
  MUST(assay_facts_new(&m->facts, NULL) == ASSAY_OK && assay_verdict_new(&m->verdict, NULL) == ASSAY_OK);
  policy_map_init(&m->map);
  for (unsigned action = 0; action < POLICY_ACTIONS; action++) {
    const char *word = assay_action_text((assay_action)action);
    policy_map_set(&m->map, word, strlen(word), text, len, &error);
  }
  m->dry_run = flags & 1;
  m->prepended = flags & 2;
}

static void machine_close(struct machine *m) {
  assay_ruleset_unref(m->ruleset);
  assay_facts_free(m->facts);
  assay_verdict_free(m->verdict);
}

static bool all_digits(const char *text, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (text[i] < '0' || text[i] > '9') return false;
  return true;
}

static void check_reply(const char *reply, size_t len) {
  static const char *const permits[] = {"ok", "relay", "permit"};
  MUST(len > 9 && len <= POLICY_LINE_MOST + 2 && memcmp(reply, "action=", 7) == 0);
  MUST(memcmp(reply + len - 2, "\n\n", 2) == 0);
  for (size_t i = 0; i < len - 2; i++) MUST(reply[i] >= ' ' && reply[i] <= '~');
  const char *action = reply + 7;
  len -= 9;
  MUST(len > 0 && *action != ' ' && !all_digits(action, len));
  for (size_t p = 0; p < sizeof permits / sizeof *permits; p++) {
    size_t word = strlen(permits[p]), same = 0;
    while (same < word && same < len && (action[same] | 0x20) == permits[p][same]) same++;
    MUST(same < word || (len > word && action[word] != ' ' && action[word] != '_'));
  }
}

static void check_request(struct machine *m, const struct policy_request *request, const char *bytes) {
  struct proto_error error = {""};
  struct bytes out = {0}, key = {0};
  const struct policy_reply_how how = {&m->map, m->dry_run, m->prepended};
  uint32_t wanted = policy_wanted(m->ruleset);
  enum proto_result result = policy_facts(request, bytes, POLICY_ALL, m->facts, &error);
  MUST(result == PROTO_OK || (result == PROTO_BAD && error.text[0]));
  MUST(assay_evaluate(m->ruleset, m->facts, NULL, m->verdict) == ASSAY_OK);
  int64_t score = assay_verdict_score(m->verdict), low = assay_verdict_low(m->verdict);
  bool all = result == PROTO_OK;
  result = policy_facts(request, bytes, wanted, m->facts, &error);
  MUST(!all || result == PROTO_OK);
  MUST(policy_key(&key, request, bytes, wanted) == (key.len > 0));
  MUST(assay_evaluate(m->ruleset, m->facts, NULL, m->verdict) == ASSAY_OK);
  MUST(!all || (assay_verdict_score(m->verdict) == score && assay_verdict_low(m->verdict) == low));
  bool header = policy_reply(&out, request, m->verdict, &how);
  MUST(!out.failed && !(header && (m->dry_run || m->prepended)));
  check_reply(out.ptr, out.len);
  bytes_free(&out);
  bytes_free(&key);
}

/* How a stream ended, and where its requests did, as one number. */
static uint64_t read_stream(struct machine *m, const char *bytes, size_t len, size_t step) {
  struct policy_request request = {0};
  uint64_t mark = 1;
  size_t begin = 0, there = step < len ? step : len;
  for (;;) {
    struct proto_error error = {""};
    enum codec_need need = policy_scan(&request, bytes + begin, there - begin, there == len, &limits, &error);
    if (need == CODEC_READY) {
      MUST(request.used > 0 && begin + request.used <= there);
      check_request(m, &request, bytes + begin);
      begin += request.used;
      mark = mark * 31 + begin;
      request = (struct policy_request){0};
    } else if (need == CODEC_MORE) {
      MUST(there < len);
      there = len - there < step ? len : there + step;
    } else {
      MUST((need == CODEC_BAD) == (error.text[0] != 0));
      return mark * 31 + (need == CODEC_BAD);
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2 || size > 65536) return 0;
  struct machine m;
  size_t len = data[1] < size - 2 ? data[1] : size - 2;
  const char *text = (const char *)data + 2;
  machine_open(&m, data[0], text, len);
  uint64_t whole = read_stream(&m, text + len, size - 2 - len, size);
  MUST(read_stream(&m, text + len, size - 2 - len, 1) == whole);
  MUST(read_stream(&m, text + len, size - 2 - len, 7) == whole);
  machine_close(&m);
  return 0;
}
