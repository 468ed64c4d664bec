/* Owns requests of Postfix's policy delegation: finding their end, and what their attributes say to facts.
 * Must never know: a reply, or where the bytes come from. */
#include "proto/policy.h"
#include "proto/policy_state.h"

enum kind { OWN, VERB, TEXT, LATE, ADDRESS, CLIENT, PORT, RECIPIENT, XTEXT, KINDS };

#define POLICY_ATTR(id, word, kind, fact, from, doc) {word, ASSAY_FACT_##fact, doc},
static const struct policy_attr_info infos[] = {
#include "proto/policy_attrs.def"
};
#undef POLICY_ATTR

static const struct {
  size_t len; /* of the word */
  enum kind kind;
  enum policy_reached from;
} rows[] = {
#define POLICY_ATTR(id, word, kind, fact, from, doc) {sizeof(word) - 1, kind, POLICY_AT_##from},
#include "proto/policy_attrs.def"
#undef POLICY_ATTR
};

static const struct policy_state states[] = {
#define POLICY_STATE(word, reached, verb, envelope, header) {word, POLICY_AT_##reached, verb, envelope, header},
#include "proto/policy_states.def"
#undef POLICY_STATE
};

_Static_assert(POLICY_ATTRS <= 32, "a set of attributes is one word");

const struct policy_attr_info *policy_attr_at(size_t index) {
  return index < POLICY_ATTRS ? &infos[index] : NULL;
}

struct piece {
  const char *ptr;
  size_t len;
};

static bool is(struct piece piece, const char *text) {
  return strlen(text) == piece.len && memcmp(piece.ptr, text, piece.len) == 0;
}

/* --- the bytes --- */

static enum codec_need bad(struct proto_error *error, const char *what, const char *line, size_t len) {
  proto_fail(error, "%s: %s", what, proto_show(line, len).text);
  return CODEC_BAD;
}

static bool begins_with(const char *line, size_t len, unsigned attr) {
  size_t name = rows[attr].len;
  return name < len && line[name] == '=' && memcmp(line, infos[attr].word, name) == 0;
}

/* Postfix keeps an order, so the next attribute is mostly the one that is expected. POLICY_ATTRS: none of ours. */
static unsigned find_attr(unsigned expected, const char *line, size_t len) {
  if (expected < POLICY_ATTRS && begins_with(line, len, expected)) return expected;
  unsigned attr = 0;
  while (attr < POLICY_ATTRS && !begins_with(line, len, attr)) attr++;
  return attr;
}

static enum codec_need take_line(struct policy_request *request, const char *bytes, size_t stop, size_t most,
                                 struct proto_error *error) {
  const char *line = bytes + request->line;
  size_t len = stop - request->line;
  if (len > most) return bad(error, "a line is too long", line, len);
  if (line[len - 1] == '\r') return bad(error, "a line ends in CR LF, where LF alone ends it", line, len);
  unsigned attr = find_attr(request->next, line, len);
  if (attr < POLICY_ATTRS) {
    size_t name = rows[attr].len;
    request->values[attr] = (struct span){request->line + name + 1, len - name - 1};
    request->present |= UINT32_C(1) << attr;
    request->next = attr + 1;
  } else if (line[0] == '=' || !memchr(line, '=', len)) {
    return bad(error, "a line is no name=value", line, len);
  }
  return CODEC_MORE;
}

const char *policy_value(const struct policy_request *request, const char *bytes, enum policy_attr attr, size_t *len) {
  bool there = request->present >> attr & 1;
  *len = there ? request->values[attr].len : 0;
  return there ? bytes + request->values[attr].at : "";
}

static struct piece value_of(const struct policy_request *request, const char *bytes, enum policy_attr attr) {
  struct piece piece;
  piece.ptr = policy_value(request, bytes, attr, &piece.len);
  return piece;
}

static enum codec_need bad_nul(struct proto_error *error, const char *bytes, const char *nul, const char *stop) {
  const char *line = nul, *end = memchr(nul, '\n', (size_t)(stop - nul));
  while (line > bytes && line[-1] != '\n') line--;
  return bad(error, "a line holds a NUL byte", line, (size_t)((end ? end : stop) - line));
}

static enum codec_need finish(struct policy_request *request, const char *bytes, size_t used,
                              struct proto_error *error) {
  struct piece kind = value_of(request, bytes, POLICY_REQUEST), state = value_of(request, bytes, POLICY_STATE);
  const char *nul = memchr(bytes, 0, used);
  if (nul) return bad_nul(error, bytes, nul, bytes + used);
  if (!is(kind, "smtpd_access_policy"))
    return bad(error, "a request must hold request=smtpd_access_policy, and has", kind.ptr, kind.len);
  request->state = states;
  for (size_t i = 0; i < sizeof states / sizeof *states; i++)
    if (is(state, states[i].word)) request->state = &states[i];
  request->used = used;
  return CODEC_READY;
}

/* The end of input ends the line under way, and the request. */
static enum codec_need finish_cut(struct policy_request *request, const char *bytes, size_t len, size_t most,
                                  struct proto_error *error) {
  if (len == 0) return CODEC_GONE;
  enum codec_need need = CODEC_MORE;
  if (request->line < len) need = take_line(request, bytes, len, most, error);
  return need == CODEC_MORE ? finish(request, bytes, len, error) : need;
}

enum codec_need policy_scan(struct policy_request *request, const char *bytes, size_t len, bool at_end,
                            const struct policy_limits *limits, struct proto_error *error) {
  enum codec_need need = CODEC_MORE;
  while (need == CODEC_MORE && request->scanned < len) {
    const char *end = memchr(bytes + request->scanned, '\n', len - request->scanned);
    size_t stop = end ? (size_t)(end - bytes) : len;
    if (stop > limits->request) return bad(error, "a request is too long", bytes + request->line, stop - request->line);
    request->scanned = stop;
    if (!end) break;
    if (stop == request->line) return finish(request, bytes, stop + 1, error);
    need = take_line(request, bytes, stop, limits->line, error);
    request->line = request->scanned = stop + 1;
  }
  if (need == CODEC_MORE && at_end) return finish_cut(request, bytes, len, limits->line, error);
  if (need == CODEC_MORE && len - request->line > limits->line)
    return bad(error, "a line is too long", bytes + request->line, len - request->line);
  return need;
}

const char *policy_state_word(const struct policy_request *request) {
  return request->state->word;
}

/* --- what they say --- */

enum says { SAYS_NOTHING, SAYS_NOT_YET, SAYS_VALUE };

static enum says says_nothing(bool early, struct piece *value) {
  (void)early, (void)value;
  return SAYS_NOTHING;
}

static enum says says_text(bool early, struct piece *value) {
  return early && value->len == 0 ? SAYS_NOT_YET : SAYS_VALUE;
}

static enum says says_late(bool early, struct piece *value) {
  return early ? SAYS_NOT_YET : value->len == 0 ? SAYS_NOTHING : SAYS_VALUE;
}

static enum says says_client(bool early, struct piece *value) {
  (void)early;
  return value->len == 0 || is(*value, "unknown") ? SAYS_NOTHING : SAYS_VALUE;
}

static enum says says_address(bool early, struct piece *value) {
  const char *zone = memchr(value->ptr, '%', value->len);
  if (zone) value->len = (size_t)(zone - value->ptr);
  return says_client(early, value);
}

static enum says says_port(bool early, struct piece *value) {
  return is(*value, "0") ? SAYS_NOTHING : says_client(early, value);
}

static enum says says_recipient(bool early, struct piece *value) {
  return value->len > 0 ? SAYS_VALUE : early ? SAYS_NOT_YET : SAYS_NOTHING;
}

static enum says (*const readers[KINDS])(bool early, struct piece *value) = {
    [OWN] = says_nothing, [VERB] = says_nothing,        [TEXT] = says_text,
    [LATE] = says_late,   [ADDRESS] = says_address,     [CLIENT] = says_client,
    [PORT] = says_port,   [RECIPIENT] = says_recipient, [XTEXT] = says_text,
};

/* The verb is the one attribute that is read by what the state is, and not by its text. */
static enum says says_verb(const struct policy_state *state, struct piece *value) {
  *value = (struct piece){state->word, strlen(state->word)};
  return state->verb ? SAYS_VALUE : state->reached < POLICY_AT_HELO ? SAYS_NOT_YET : SAYS_NOTHING;
}

static enum says says(const struct policy_request *request, const char *bytes, unsigned attr, struct piece *value) {
  *value = value_of(request, bytes, (enum policy_attr)attr);
  if (infos[attr].fact == ASSAY_FACT_COUNT || !(request->present >> attr & 1)) return SAYS_NOTHING;
  if (rows[attr].kind == VERB) return says_verb(request->state, value);
  return readers[rows[attr].kind](request->state->reached < rows[attr].from, value);
}

static int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/* RFC 3461 section 4. What is no xtext stays as it is. */
static void decode_xtext(struct bytes *out, struct piece value) {
  for (size_t i = 0; i < value.len; i++) {
    int high = value.ptr[i] == '+' && i + 2 < value.len ? hex_value(value.ptr[i + 1]) : -1;
    int low = high >= 0 ? hex_value(value.ptr[i + 2]) : -1;
    char byte = value.ptr[i];
    if (low >= 0) {
      byte = (char)(high << 4 | low);
      i += 2;
    }
    bytes_byte(out, byte);
  }
}

static assay_status set_xtext(assay_facts *facts, assay_fact fact, struct piece value) {
  struct bytes plain = {0};
  decode_xtext(&plain, value);
  assay_status status = plain.failed ? ASSAY_NO_MEMORY : assay_facts_set(facts, fact, plain.ptr, plain.len);
  bytes_free(&plain);
  return status;
}

static assay_status set_value(assay_facts *facts, unsigned attr, struct piece value) {
  assay_fact fact = infos[attr].fact;
  if (rows[attr].kind == XTEXT && value.len > 0) return set_xtext(facts, fact, value);
  return assay_facts_set(facts, fact, value.ptr, value.len);
}

static enum proto_result set_fact(const struct policy_request *request, const char *bytes, unsigned attr,
                                  assay_facts *facts, struct proto_error *error) {
  struct piece value;
  assay_status status = ASSAY_OK;
  assay_fact fact = infos[attr].fact;
  enum says said = says(request, bytes, attr, &value);
  if (said == SAYS_VALUE) status = set_value(facts, attr, value);
  if (said == SAYS_NOT_YET) status = assay_facts_set_unknown(facts, fact, ASSAY_NOT_YET);
  return proto_value_result(status, fact, value.ptr, value.len, error);
}

enum proto_result policy_facts(const struct policy_request *request, const char *bytes, uint32_t wanted,
                               assay_facts *facts, struct proto_error *error) {
  enum proto_result result = PROTO_OK;
  assay_facts_clear(facts);
  wanted &= request->present;
  for (unsigned attr = 0; wanted && result == PROTO_OK; attr++, wanted >>= 1)
    if (wanted & 1) result = set_fact(request, bytes, attr, facts, error);
  return result;
}

uint32_t policy_wanted(const assay_ruleset *ruleset) {
  uint32_t wanted = 0;
  for (unsigned attr = 0; attr < POLICY_ATTRS; attr++)
    if (infos[attr].fact != ASSAY_FACT_COUNT && assay_ruleset_reads(ruleset, infos[attr].fact))
      wanted |= UINT32_C(1) << attr;
  return wanted;
}

/* A length stands before each text, so no text can pass for two. */
static void add_piece(struct bytes *out, struct piece piece) {
  bytes_uint(out, piece.len);
  bytes_byte(out, ':');
  bytes_add(out, piece.ptr, piece.len);
}

bool policy_key(struct bytes *out, const struct policy_request *request, const char *bytes, uint32_t wanted) {
  static const char marks[] = {[SAYS_NOTHING] = '-', [SAYS_NOT_YET] = '?', [SAYS_VALUE] = '='};
  struct piece value = value_of(request, bytes, POLICY_INSTANCE);
  out->len = 0;
  if (value.len == 0) return false;
  add_piece(out, value);
  bytes_byte(out, request->state->envelope ? 'm' : '-');
  for (unsigned attr = 0; attr < POLICY_ATTRS; attr++) {
    if (!(wanted >> attr & 1)) continue;
    enum says said = says(request, bytes, attr, &value);
    bytes_byte(out, marks[said]);
    if (said == SAYS_VALUE) add_piece(out, value);
  }
  if (out->failed) out->len = 0;
  return !out->failed;
}
