/* Owns the headers of our own in a request: what is known about a connection, from whoever took it.
 * Must never know: headers of spamd's. */
#include "proto/near.h"
#include "proto/spamd.h"

/* What an empty value says is the fact's matter: no reverse name, the null sender, no TLS. */
static const struct own {
  const char *name; /* compared without case */
  size_t len;
  assay_fact fact;
  const char *unsaid; /* a value that says nothing; NULL where there is none */
  bool word;          /* the value is one word */
} owns[] = {
#define OWN(name, fact, unsaid, word) {name, sizeof name - 1, ASSAY_FACT_##fact, unsaid, word}
    OWN("Assay-Client-IP", CLIENT_IP, NULL, true),
    /* Postfix's word, which scripts hand on: it may be that DNS did not answer. */
    OWN("Assay-Client-Name", CLIENT_RDNS, "unknown", false),
    OWN("Assay-Helo", HELO, NULL, false),
    OWN("Assay-Mail-From", MAIL_FROM, NULL, false),
    OWN("Assay-Rcpt", RCPT, NULL, false),
    OWN("Assay-Auth-User", AUTH_USER, NULL, false),
    OWN("Assay-Tls", TLS_VERSION, NULL, true),
#undef OWN
};

#define OWN_COUNT (sizeof owns / sizeof *owns)

static const char *own_name(void *user, size_t index) {
  (void)user;
  return index < OWN_COUNT ? owns[index].name : NULL;
}

/* Without case; who writes the names as we do is known at a glance. */
static bool same(const char *ptr, const char *text, size_t len) {
  if (memcmp(ptr, text, len) == 0) return true;
  size_t i = 0;
  while (i < len && codec_lower(ptr[i]) == codec_lower(text[i])) i++;
  return i == len;
}

static enum proto_result no_own(const char *name, size_t len, struct proto_error *error) {
  struct proto_shown shown = proto_show(name, len);
  const char *nearest = near_find(name, len, own_name, NULL);
  if (nearest) return proto_fail(error, "there is no header %s; did you mean %s?", shown.text, nearest);
  return proto_fail(error, "there is no header %s", shown.text);
}

static bool is_word(const char *ptr, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (ptr[i] <= ' ' || ptr[i] > '~') return false;
  return true;
}

/* The first of a list replaces what it was. */
static enum proto_result set_own(const struct own *own, const char *value, size_t len, bool more, assay_facts *facts,
                                 struct proto_error *error) {
  struct proto_error why;
  if (own->unsaid && strlen(own->unsaid) == len && same(value, own->unsaid, len)) return PROTO_OK;
  if (own->word && !is_word(value, len)) {
    struct proto_shown shown = proto_show(value, len);
    return proto_fail(error, "%s: %s is not one word", own->name, shown.text);
  }
  assay_status status = more ? assay_facts_append(facts, own->fact, value, len)
                             : assay_facts_set(facts, own->fact, value, len);
  enum proto_result result = proto_value_result(status, own->fact, value, len, &why);
  return result == PROTO_BAD ? proto_fail(error, "%s: %s", own->name, why.text) : result;
}

static enum proto_result take_line(const char *line, size_t len, bool *rcpt, assay_facts *facts,
                                   struct proto_error *error) {
  static const char prefix[] = "Assay-";
  if (len < sizeof prefix - 1 || !same(line, prefix, sizeof prefix - 1)) return PROTO_OK;
  const char *colon = memchr(line, ':', len), *value = colon + 1, *end = line + len;
  while (value < end && (*value == ' ' || *value == '\t')) value++;
  size_t name = (size_t)(colon - line);
  for (size_t i = 0; i < OWN_COUNT; i++) {
    if (owns[i].len != name || !same(line, owns[i].name, name)) continue;
    bool more = owns[i].fact == ASSAY_FACT_RCPT && *rcpt;
    if (owns[i].fact == ASSAY_FACT_RCPT) *rcpt = true;
    return set_own(&owns[i], value, (size_t)(end - value), more, facts, error);
  }
  return no_own(line, name, error);
}

/* The scan has seen to it that each line has a colon and an end. */
enum proto_result spamd_facts(const struct spamd_request *request, const char *bytes, assay_facts *facts,
                              struct proto_error *error) {
  bool rcpt = false;
  enum proto_result result = PROTO_OK;
  if (!request->has_facts) return PROTO_OK;
  const char *at = bytes + request->head.at, *end = at + request->head.len;
  while (at < end && result == PROTO_OK) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    size_t len = (size_t)(stop - at);
    if (len > 0 && at[len - 1] == '\r') len--;
    result = take_line(at, len, &rcpt, facts, error);
    at = stop + 1;
  }
  return result;
}
