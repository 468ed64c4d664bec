/* Owns what mail servers write beside a Received field's clauses: TLS, who logged in, the sender, their own name.
 * Must never know: the client's name or address. */
#include "message/received_remark.h"

/* How servers spell it. */
static const struct {
  struct part spelled;
  const char *version;
} versions[] = {
    {PART_OF("TLSv1.3"), "TLSv1.3"}, {PART_OF("TLS1.3"), "TLSv1.3"}, {PART_OF("TLS1_3"), "TLSv1.3"},
    {PART_OF("TLSv1_3"), "TLSv1.3"}, {PART_OF("TLSv1.2"), "TLSv1.2"}, {PART_OF("TLS1.2"), "TLSv1.2"},
    {PART_OF("TLS1_2"), "TLSv1.2"}, {PART_OF("TLSv1_2"), "TLSv1.2"}, {PART_OF("TLSv1.1"), "TLSv1.1"},
    {PART_OF("TLS1.1"), "TLSv1.1"}, {PART_OF("TLS1_1"), "TLSv1.1"}, {PART_OF("TLSv1_1"), "TLSv1.1"},
    {PART_OF("TLSv1"), "TLSv1"}, {PART_OF("TLSv1.0"), "TLSv1"}, {PART_OF("TLS1.0"), "TLSv1"},
    {PART_OF("TLS1_0"), "TLSv1"}, {PART_OF("TLSv1/SSLv3"), NULL}, {PART_OF("SSLv3"), "SSLv3"},
    {PART_OF("SSLv2"), "SSLv2"},
};

static bool take_version(struct received *out, struct part spelled) {
  for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
    if (part_is(spelled, versions[i].spelled)) {
      out->tls_version = versions[i].version;
      return true;
    }
  return false;
}

static void take_cipher(struct received *out, struct part cipher) {
  if (cipher.len > 0 && !out->tls_cipher.ptr) out->tls_cipher = cipher;
}

/* Cuts a piece off, up to the byte, and that byte. */
static struct part cut(struct part *rest, char end) {
  size_t len = part_find(*rest, end);
  struct part piece = part_first(*rest, len);
  *rest = part_from(*rest, len + 1);
  return piece;
}

struct part received_path(struct part part) {
  bool path = part.len >= 2 && part.ptr[0] == '<' && part.ptr[part.len - 1] == '>';
  return path ? part : (struct part){0};
}

/* Postfix: `using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) …` */
static void remark_using(struct received *out, struct part rest) {
  if (!take_version(out, part_word(&rest))) return;
  if (!part_is(part_word(&rest), PART("with")) || !part_is(part_word(&rest), PART("cipher"))) return;
  take_cipher(out, part_word(&rest));
}

/* Sendmail, Gmail, Microsoft, Haraka: `version=TLS1_2, cipher=… bits=256/256`, in any order. */
static void remark_version(struct received *out, struct part rest) {
  for (struct part word = part_word(&rest); word.len > 0; word = part_word(&rest))
    while (word.len > 0) {
      struct part value = cut(&word, ','), key = cut(&value, '=');
      if (part_is(key, PART("version"))) take_version(out, value);
      if (part_is(key, PART("cipher"))) take_cipher(out, value);
    }
}

/* Exim, OpenSMTPD: `TLS1.2:ECDHE-RSA-AES128-GCM-SHA256:128`; newer ones the version alone. */
static void remark_colons(struct received *out, struct part rest) {
  struct part word = part_word(&rest);
  if (take_version(out, cut(&word, ':'))) take_cipher(out, cut(&word, ':'));
}

/* Courier: `AUTH: LOGIN user, TLS: TLSv1.2,256bits,ECDHE…`, either of them alone. */
static void remark_courier(struct received *out, struct part rest) {
  while (rest.len > 0) {
    struct part word = part_word(&rest);
    if (part_is(word, PART("AUTH:"))) {
      part_word(&rest);
      struct part user = part_word(&rest);
      if (user.len > 0 && user.ptr[user.len - 1] == ',') user.len--;
      out->authenticated = true;
      if (user.len > 0) out->auth_user = user;
    } else if (part_is(word, PART("TLS:"))) {
      struct part values = part_word(&rest);
      take_version(out, cut(&values, ','));
      cut(&values, ',');
      take_cipher(out, cut(&values, ','));
    }
  }
}

/* Postfix: `Authenticated sender: user`. */
static void remark_user(struct received *out, struct part user) {
  user = part_trim(user);
  out->authenticated = true;
  if (user.len > 0) out->auth_user = user;
}

/* Sendmail: `authenticated bits=0`, which does not say who; older ones the word alone, or `(0 bits)` behind it. */
static void remark_authenticated(struct received *out, struct part rest) {
  rest = part_trim(rest);
  if (rest.len == 0 || rest.ptr[0] == '(' || part_begins(rest, PART("bits="))) out->authenticated = true;
}

static void remark_envelope(struct received *out, struct part rest) {
  struct part path = received_path(part_trim(rest));
  if (path.ptr) out->envelope_from = path;
}

/* By the words that a comment begins with, the longer ones first; a `key=` or `KEY:` is handed on with them. */
static const struct {
  struct part words;
  bool key;
  void (*take)(struct received *out, struct part rest);
} remarks[] = {
    {PART_OF("using"), false, remark_using},
    {PART_OF("version="), true, remark_version},
    {PART_OF("cipher="), true, remark_version},
    {PART_OF("Authenticated sender:"), false, remark_user},
    {PART_OF("Authenticated user:"), false, remark_user},
    {PART_OF("authenticated as"), false, remark_user},
    {PART_OF("authenticated"), false, remark_authenticated},
    {PART_OF("AUTH:"), true, remark_courier},
    {PART_OF("TLS:"), true, remark_courier},
    {PART_OF("envelope-from"), false, remark_envelope},
    {PART_OF("envelope-sender"), false, remark_envelope},
    {PART_OF("return-path"), false, remark_envelope},
};

/* Cuts the words off, if these are the first. */
static bool take_words(struct part *rest, struct part words) {
  struct part left = *rest;
  for (struct part word = part_word(&words); word.len > 0; word = part_word(&words))
    if (!part_is(part_word(&left), word)) return false;
  *rest = left;
  return true;
}

void received_remark(struct received *out, struct part comment) {
  for (size_t i = 0; i < sizeof remarks / sizeof *remarks; i++) {
    struct part rest = comment;
    if (remarks[i].key ? !part_begins(rest, remarks[i].words) : !take_words(&rest, remarks[i].words)) continue;
    remarks[i].take(out, rest);
    return;
  }
  remark_colons(out, comment);
}

static const struct {
  struct part begin;
  enum received_server server;
} servers[] = {
    {PART_OF("Postfix"), SERVER_POSTFIX}, {PART_OF("Exim"), SERVER_EXIM},  {PART_OF("8."), SERVER_SENDMAIL},
    {PART_OF("Sendmail"), SERVER_SENDMAIL},
};

void received_server(struct received *out, struct part comment) {
  for (size_t i = 0; i < sizeof servers / sizeof *servers; i++)
    if (part_begins(comment, servers[i].begin)) out->server = servers[i].server;
}

/* RFC 3848, RFC 6531 and what servers write besides. */
static const struct {
  struct part with;
  const char *protocol;
  bool extended, tls, auth;
} protocols[] = {
    {PART_OF("SMTP"), "SMTP", false, false, false},        {PART_OF("SMTPS"), "SMTP", false, true, false},
    {PART_OF("ESMTP"), "ESMTP", true, false, false},       {PART_OF("ESMTPS"), "ESMTP", true, true, false},
    {PART_OF("ESMTPA"), "ESMTP", true, false, true},       {PART_OF("ESMTPSA"), "ESMTP", true, true, true},
    {PART_OF("UTF8SMTP"), "ESMTP", true, false, false},    {PART_OF("UTF8SMTPS"), "ESMTP", true, true, false},
    {PART_OF("UTF8SMTPA"), "ESMTP", true, false, true},    {PART_OF("UTF8SMTPSA"), "ESMTP", true, true, true},
    {PART_OF("UTF8ESMTP"), "ESMTP", true, false, false},   {PART_OF("UTF8ESMTPS"), "ESMTP", true, true, false},
    {PART_OF("UTF8ESMTPA"), "ESMTP", true, false, true},   {PART_OF("UTF8ESMTPSA"), "ESMTP", true, true, true},
    {PART_OF("ASMTP"), "ESMTP", true, false, true},        {PART_OF("LMTP"), "LMTP", true, false, false},
    {PART_OF("LMTPS"), "LMTP", true, true, false},         {PART_OF("LMTPA"), "LMTP", true, false, true},
    {PART_OF("LMTPSA"), "LMTP", true, true, true},
};

/* Exim says by the protocol's letters whether there was TLS and AUTH; of others their absence means nothing. These
 * three also write ESMTP just when the client said EHLO. */
void received_protocol(struct received *out) {
  struct part with = part_first(out->with, part_find(out->with, '/'));
  bool reliable = out->server == SERVER_POSTFIX || out->server == SERVER_EXIM || out->server == SERVER_SENDMAIL;
  if (with.len < out->with.len && part_begins(part_from(out->with, with.len), PART("/TLS/")))
    take_cipher(out, part_from(out->with, with.len + 5)); /* IronPort: ESMTP/TLS/cipher */
  for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) {
    if (!part_is(with, protocols[i].with)) continue;
    out->protocol = protocols[i].protocol;
    if (protocols[i].auth) out->authenticated = true;
    if (out->server == SERVER_EXIM && !protocols[i].tls) {
      out->tls_version = "";
      out->tls_cipher = PART("");
    }
    if (out->server == SERVER_EXIM && !protocols[i].auth) out->auth_user = PART("");
    if (protocols[i].protocol[0] == 'L') out->verb = "LHLO";
    else if (reliable && !out->verb) out->verb = protocols[i].extended ? "EHLO" : "HELO";
  }
}
