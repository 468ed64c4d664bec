/* Owns the kinds of values of settings: what each is called, which tokens begin it, and how one is read.
 * Must never know: where a value may stand. */
#include "grammar/codes.h"
#include "grammar/lexer_settings.h"
#include "grammar/settings.h"
#include "parser.tab.h"

enum { PORT_MAX = 65535 };

static bool read_word(struct setting_value *out, struct diags *diags, const struct setting_item *item);
static bool read_number(struct setting_value *out, struct diags *diags, const struct setting_item *item);
static bool read_octal(struct setting_value *out, struct diags *diags, const struct setting_item *item);
static bool read_duration(struct setting_value *out, struct diags *diags, const struct setting_item *item);
static bool read_network(struct setting_value *out, struct diags *diags, const struct setting_item *item);
static bool read_endpoint(struct setting_value *out, struct diags *diags, const struct setting_item *item);
static bool read_server(struct setting_value *out, struct diags *diags, const struct setting_item *item);

/* What begins a value of each type, and what else to say where something else stands. */
static const struct {
  const char *word, *shown;
  int tokens[2];
  bool (*read)(struct setting_value *, struct diags *, const struct setting_item *);
  enum setting_scale scale;
  bool ranged;
} types[SETTING_TYPE_COUNT] = {
    [SETTING_TYPE_WORD] = {"WORD", "a word", {SETTING_WORD_TOKEN}, read_word, SCALE_NUMBER, false},
    [SETTING_TYPE_STRING] = {"STRING", "a text in quotes", {TOK_STRING}, read_word, SCALE_NUMBER, false},
    [SETTING_TYPE_TEXT] = {"TEXT", "a word or a text in quotes", {SETTING_WORD_TOKEN, TOK_STRING}, read_word,
                           SCALE_NUMBER, false},
    [SETTING_TYPE_NUMBER] = {"NUMBER", "a number", {TOK_NUMBER}, read_number, SCALE_NUMBER, true},
    [SETTING_TYPE_OCTAL] = {"OCTAL", "an octal number", {TOK_NUMBER}, read_octal, SCALE_OCTAL, true},
    [SETTING_TYPE_DURATION] = {"DURATION", "a duration", {SETTING_DURATION_TOKEN}, read_duration, SCALE_DURATION, true},
    [SETTING_TYPE_ADDRESS] = {"ADDRESS", "an address", {TOK_ADDRESS}, read_network, SCALE_NUMBER, false},
    [SETTING_TYPE_NETWORK] = {"NETWORK", "a network", {TOK_NETWORK, TOK_ADDRESS}, read_network, SCALE_NUMBER, false},
    [SETTING_TYPE_ENDPOINT] = {"ENDPOINT", "an endpoint", {SETTING_ENDPOINT_TOKEN}, read_endpoint, SCALE_NUMBER, false},
    [SETTING_TYPE_SERVER] = {"SERVER", "a server's address", {SETTING_SERVER_TOKEN, TOK_ADDRESS}, read_server,
                             SCALE_NUMBER, false},
};

enum setting_type setting_type_find(struct text word) {
  size_t type = 0;
  while (type < SETTING_TYPE_COUNT && !text_is(word, types[type].word)) type++;
  return (enum setting_type)type;
}

bool setting_type_ranged(enum setting_type type, struct text text, int64_t *out) {
  return types[type].ranged && setting_amount(out, text, types[type].scale);
}

/* --- words --- */

void setting_choice_print(struct buf *out, const struct setting_choice *choice) {
  if (choice->word.len)
    buf_printf(out, "`%.*s`", TEXT_ARG(choice->word));
  else
    buf_str(out, types[choice->type].shown);
}

static const struct {
  int token;
  const char *shown;
} tokens[] = {
    {TOK_STRING, "text in quotes"},         {TOK_NUMBER, "number"},
    {SETTING_DURATION_TOKEN, "duration"},   {TOK_ADDRESS, "address"},
    {TOK_NETWORK, "network"},               {SETTING_ENDPOINT_TOKEN, "endpoint"},
    {SETTING_SERVER_TOKEN, "address with a port"},
};

void setting_item_print(struct buf *out, const struct setting_item *item) {
  for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
    if (tokens[i].token == item->token) buf_str(out, tokens[i].shown);
  if (item->token == SETTING_WORD_TOKEN) buf_printf(out, "`%.*s`", TEXT_ARG(item->text));
}

/* What to write where a token stands in the place of a type; %.*s: the token. */
static const struct {
  int token;
  enum setting_type type;
  const char *before, *after;
} slips[] = {
    {TOK_NUMBER, SETTING_TYPE_DURATION, "a duration has a unit, ms s m h: `", "s`"},
    {SETTING_DURATION_TOKEN, SETTING_TYPE_NUMBER, "it takes a number, and `", "` has a unit of time"},
    {SETTING_WORD_TOKEN, SETTING_TYPE_STRING, "write \"", "\""},
    {TOK_NETWORK, SETTING_TYPE_ADDRESS, "one address is meant, and `", "` is a whole network"},
    {SETTING_ENDPOINT_TOKEN, SETTING_TYPE_SERVER, "a server is 192.0.2.1, 192.0.2.1:53 or [::1]:53, and not `", "`"},
    {SETTING_SERVER_TOKEN, SETTING_TYPE_ENDPOINT, "write `tcp:", "`"},
    {TOK_ADDRESS, SETTING_TYPE_ENDPOINT, "an endpoint has a port: tcp:127.0.0.1:783 or tcp:[::1]:783, not `", "`"},
    {SETTING_WORD_TOKEN, SETTING_TYPE_ENDPOINT, "endpoints are tcp:127.0.0.1:783 and unix:/run/name, not `", "`"},
    {TOK_STRING, SETTING_TYPE_ENDPOINT, "an endpoint stands without quotes: unix:/run/name", NULL},
    {TOK_STRING, SETTING_TYPE_WORD, "it stands without quotes", NULL},
    {SETTING_SERVER_TOKEN, SETTING_TYPE_ADDRESS, "an address without its port is meant, not `", "`"},
};

bool setting_wrong_help(struct diags *diags, const struct setting_slot *slot, const struct setting_item *item) {
  for (size_t c = 0; c < slot->choices.count; c++) {
    const struct setting_choice *choice = &slot->choices.at[c];
    enum setting_type type = choice->word.len ? SETTING_TYPE_WORD : choice->type;
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
      if (slips[i].token != item->token || slips[i].type != type) continue;
      if (slips[i].after)
        diag_help(diags, "%s%.*s%s", slips[i].before, TEXT_ARG(item->text), slips[i].after);
      else
        diag_help(diags, "%s", slips[i].before);
      return true;
    }
  }
  return false;
}

/* --- reading --- */

static bool read_word(struct setting_value *out, struct diags *diags, const struct setting_item *item) {
  out->kind = item->token == TOK_STRING ? SETTING_STRING : SETTING_WORD;
  if (!item->text.len || !memchr(item->text.ptr, '\0', item->text.len)) return true;
  report(diags, BAD_STRING, item->span, "a NUL byte in a text of settings");
  diag_help(diags, "take the \\x00 out");
  return false;
}

static bool read_number(struct setting_value *out, struct diags *diags, const struct setting_item *item) {
  out->kind = SETTING_NUMBER;
  if (setting_amount(&out->number, item->text, SCALE_NUMBER)) return true;
  report(diags, WRONG_VALUE, item->span, "`%.*s` is no whole number", TEXT_ARG(item->text));
  diag_help(diags, "write it without a fraction; k, M and G are 1024, 1024 k and 1024 M");
  return false;
}

static bool read_octal(struct setting_value *out, struct diags *diags, const struct setting_item *item) {
  out->kind = SETTING_NUMBER;
  if (setting_amount(&out->number, item->text, SCALE_OCTAL)) return true;
  report(diags, WRONG_VALUE, item->span, "`%.*s` is no octal number", TEXT_ARG(item->text));
  diag_help(diags, "its digits are 0 to 7, as in 0660");
  return false;
}

static bool read_duration(struct setting_value *out, struct diags *diags, const struct setting_item *item) {
  (void)diags; /* the scanner has looked at it */
  out->kind = SETTING_DURATION;
  return setting_amount(&out->number, item->text, SCALE_DURATION);
}

/* An address, too: it is the network that holds nothing else. */
static bool read_network(struct setting_value *out, struct diags *diags, const struct setting_item *item) {
  (void)diags;
  out->kind = item->token == TOK_NETWORK ? SETTING_NETWORK : SETTING_ADDRESS;
  out->addr = item->network.addr;
  out->bits = item->token == TOK_NETWORK ? item->network.bits : out->addr.family == 4 ? 32 : 128;
  return true;
}

/* --- sockets --- */

static bool bad_endpoint(struct diags *diags, struct span span, struct text text, const char *what, const char *help) {
  report(diags, BAD_ENDPOINT, span, "`%.*s`: %s", TEXT_ARG(text), what);
  diag_help(diags, "%s", help);
  return false;
}

/* The host of host:port, and the port, empty when there is none; false when brackets are not as they must be. */
static bool split_port(struct text text, struct text *host, struct text *port) {
  const char *end = text.ptr + text.len, *colon = memchr(text.ptr, ':', text.len);
  if (text.ptr[0] == '[') {
    const char *close = memchr(text.ptr, ']', text.len);
    if (!close || (close + 1 < end && close[1] != ':')) return false;
    *host = text_of(text.ptr + 1, (size_t)(close - text.ptr) - 1);
    colon = close + 1 < end ? close + 1 : NULL;
  } else {
    *host = text_of(text.ptr, colon ? (size_t)(colon - text.ptr) : text.len);
  }
  *port = colon ? text_of(colon + 1, (size_t)(end - colon) - 1) : TEXT("");
  return !colon || port->len;
}

static bool read_port(unsigned *out, struct text text, int64_t least) {
  int64_t port;
  bool digits = text.len > 0 && ascii_digit(text.ptr[text.len - 1]);
  if (!digits || !setting_amount(&port, text, SCALE_NUMBER) || port < least || port > PORT_MAX) return false;
  *out = (unsigned)port;
  return true;
}

#define TCP_HELP "write tcp:127.0.0.1:783 or tcp:[::1]:783, or tcp:*:783 for every address"

/* ADDRESS:PORT behind `tcp:`. Port 0: the system chooses. */
static bool read_tcp(struct setting_value *out, struct diags *diags, struct span span, struct text text) {
  struct text host, port;
  out->kind = SETTING_TCP;
  if (text.len == 0) return bad_endpoint(diags, span, out->text, "the address and the port are missing", TCP_HELP);
  if (!split_port(text, &host, &port))
    return bad_endpoint(diags, span, out->text, "this is no address with a port", TCP_HELP);
  bool colons = text.ptr[0] != '[' && memchr(port.ptr, ':', port.len);
  if (colons) return bad_endpoint(diags, span, out->text, "an IPv6 address stands in brackets", TCP_HELP);
  enum addr_fault fault = text_is(host, "*") && text.ptr[0] == '*' ? ADDR_OK : addr_parse(&out->addr, host);
  if (fault != ADDR_OK) return bad_endpoint(diags, span, out->text, addr_fault_text(fault), TCP_HELP);
  if (port.len == 0) return bad_endpoint(diags, span, out->text, "the port is missing", TCP_HELP);
  if (!read_port(&out->port, port, 0))
    return bad_endpoint(diags, span, out->text, "the port is no number from 0 to 65535", TCP_HELP);
  return true;
}

static bool read_endpoint(struct setting_value *out, struct diags *diags, const struct setting_item *item) {
  struct text text = item->text;
  if (text_starts(text, TEXT("tcp:"))) return read_tcp(out, diags, item->span, text_of(text.ptr + 4, text.len - 4));
  out->kind = SETTING_UNIX;
  if (!text_starts(text, TEXT("unix:")))
    return bad_endpoint(diags, item->span, text, "there is no such kind of endpoint",
                        "the kinds are tcp:ADDRESS:PORT and unix:/PATH");
  if (!text_starts(text, TEXT("unix:/")))
    return bad_endpoint(diags, item->span, text, "the path of a Unix socket begins with /", "write unix:/run/name");
  out->text = text_of(text.ptr + 5, text.len - 5);
  return true;
}

#define SERVER_HELP "write 192.0.2.1, 192.0.2.1:53 or [::1]:53"

static bool read_server(struct setting_value *out, struct diags *diags, const struct setting_item *item) {
  struct text host = item->text, port = TEXT("");
  out->kind = SETTING_SERVER;
  out->addr = item->network.addr;
  if (item->token == TOK_ADDRESS) return true;
  if (!split_port(item->text, &host, &port))
    return bad_endpoint(diags, item->span, item->text, "this is no address with a port", SERVER_HELP);
  enum addr_fault fault = addr_parse(&out->addr, host);
  if (fault != ADDR_OK) return bad_endpoint(diags, item->span, item->text, addr_fault_text(fault), SERVER_HELP);
  if (port.len && !read_port(&out->port, port, 1))
    return bad_endpoint(diags, item->span, item->text, "the port is no number from 1 to 65535", SERVER_HELP);
  return true;
}

/* --- a choice --- */

bool setting_choice_fits(const struct setting_choice *choice, const struct setting_item *item) {
  if (choice->word.len) return item->token == SETTING_WORD_TOKEN && text_eq(choice->word, item->text);
  return item->token == types[choice->type].tokens[0] || item->token == types[choice->type].tokens[1];
}

static bool in_range(const struct setting_value *value, struct diags *diags, const struct setting_choice *choice,
                     struct text place) {
  if (!choice->low_text.len || (value->number >= choice->low && value->number <= choice->high)) return true;
  report(diags, OUT_OF_RANGE, value->span, "`%.*s` is too %s for `%.*s`", TEXT_ARG(value->text),
         value->number < choice->low ? "small" : "large", TEXT_ARG(place));
  diag_help(diags, "it goes from %.*s to %.*s", TEXT_ARG(choice->low_text), TEXT_ARG(choice->high_text));
  return false;
}

static struct text address_text(struct arena *arena, const struct setting_value *value) {
  struct buf out;
  buf_init(&out, arena->alloc);
  if (value->addr.family)
    addr_print(&out, value->addr);
  else if (value->kind == SETTING_TCP)
    buf_byte(&out, '*');
  arena->failed |= out.failed;
  struct text text = arena_text(arena, buf_view(&out));
  buf_free(&out);
  return text;
}

bool setting_value_read(struct setting_value *out, struct setting_line *line, const struct setting_choice *choice,
                        const struct setting_item *item, struct text place) {
  *out = (struct setting_value){.text = item->text, .span = item->span};
  bool (*read)(struct setting_value *, struct diags *, const struct setting_item *) =
      choice->word.len ? read_word : types[choice->type].read;
  if (!read(out, line->diags, item) || !in_range(out, line->diags, choice, place)) return false;
  if (choice->type == SETTING_TYPE_NETWORK && !choice->word.len) out->kind = SETTING_NETWORK;
  out->shown = address_text(&line->settings->arena, out);
  return true;
}
