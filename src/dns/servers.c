/* Owns the list of servers: what an option names, what the system has, and what is unwise about it.
 * Must never know: questions. */
#include "dns/servers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { DNS_PORT = 53, PORT_DIGITS = 5, FILE_MOST = 64 * 1024 };

/* --- one server --- */

static bool parse_port(uint16_t *out, struct text text) {
  uint32_t port = 0;
  if (text.len == 0 || text.len > PORT_DIGITS) return false;
  for (size_t i = 0; i < text.len; i++) {
    if (!ascii_digit(text.ptr[i])) return false;
    port = port * 10 + (uint32_t)(text.ptr[i] - '0');
  }
  *out = (uint16_t)port;
  return port > 0 && port <= UINT16_MAX;
}

static bool is_loopback(struct addr addr) {
  return addr_props(addr) >> ADDR_IS_LOOPBACK & 1;
}

static void print_server(struct server *server) {
  struct buf out = {.ptr = server->text, .cap = sizeof server->text}; /* 47 bytes at most: it never grows */
  bool v6 = server->addr.family == 6;
  if (v6) buf_byte(&out, '[');
  addr_print(&out, server->addr);
  buf_str(&out, v6 ? "]:" : ":");
  buf_uint(&out, server->port);
  server->text[out.len] = '\0';
}

/* "192.0.2.1", "192.0.2.1:53", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:53" */
static bool parse_server(struct server *out, struct text text) {
  const char *close = text.len > 0 && text.ptr[0] == '[' ? memchr(text.ptr, ']', text.len) : NULL;
  const char *colon = memchr(text.ptr, ':', text.len);
  struct text address = text, port = {NULL, 0};
  if (text.len > 0 && text.ptr[0] == '[') {
    if (!close) return false;
    address = text_of(text.ptr + 1, (size_t)(close - text.ptr) - 1);
    size_t used = (size_t)(close - text.ptr) + 1;
    if (used < text.len && text.ptr[used] != ':') return false;
    if (used < text.len) port = text_of(text.ptr + used + 1, text.len - used - 1);
  } else if (colon && !memchr(colon + 1, ':', text.len - (size_t)(colon - text.ptr) - 1)) {
    address = text_of(text.ptr, (size_t)(colon - text.ptr));
    port = text_of(colon + 1, text.len - address.len - 1);
  }
  *out = (struct server){.port = DNS_PORT};
  if (port.ptr && !parse_port(&out->port, port)) return false;
  if (addr_parse(&out->addr, address) != ADDR_OK) return false;
  print_server(out);
  return true;
}

/* --- the list --- */

static void judge(struct servers *servers) {
  servers->local = true;
  servers->warning[0] = '\0';
  for (size_t i = 0; i < servers->count; i++) {
    if (is_loopback(servers->at[i].addr)) continue;
    servers->local = false;
    snprintf(servers->warning, sizeof servers->warning,
             "the DNS server %s is not on this machine: whoever is on the way to it can forge answers; "
             "run a resolver such as unbound on 127.0.0.1",
             servers->at[i].text);
    return;
  }
}

static bool is_separator(char c) {
  return c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next word between separators; empty at the end. */
static struct text next_word(struct text *rest) {
  while (rest->len > 0 && is_separator(rest->ptr[0])) *rest = text_of(rest->ptr + 1, rest->len - 1);
  size_t len = 0;
  while (len < rest->len && !is_separator(rest->ptr[len])) len++;
  struct text word = text_of(rest->ptr, len);
  *rest = text_of(rest->ptr + len, rest->len - len);
  return word;
}

assay_status servers_parse(struct servers *out, struct text text) {
  *out = (struct servers){.count = 0};
  for (struct text word = next_word(&text); word.len > 0; word = next_word(&text))
    if (out->count == SERVERS_MAX || !parse_server(&out->at[out->count++], word)) return ASSAY_BAD_VALUE;
  if (out->count == 0) return ASSAY_BAD_VALUE;
  judge(out);
  return ASSAY_OK;
}

/* --- what the system has --- */

static struct text next_line(struct text *rest) {
  const char *end = rest->len > 0 ? memchr(rest->ptr, '\n', rest->len) : NULL;
  struct text line = text_of(rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len);
  size_t used = line.len + (end ? 1 : 0);
  *rest = text_of(rest->ptr + used, rest->len - used);
  return line;
}

/* The addresses behind `nameserver`, resolv.conf(5); what is none, or has a zone, is passed over. */
static void read_resolv_conf(struct servers *out, struct text file, bool loopback_only) {
  *out = (struct servers){.count = 0};
  while (file.len > 0 && out->count < SERVERS_MAX) {
    struct text line = next_line(&file);
    struct server *server = &out->at[out->count];
    if (!text_is(next_word(&line), "nameserver")) continue;
    struct text address = next_word(&line);
    *server = (struct server){.port = DNS_PORT};
    if (addr_parse(&server->addr, address) != ADDR_OK) continue;
    if (loopback_only && !is_loopback(server->addr)) continue;
    print_server(server);
    out->count++;
  }
}

assay_status servers_default(struct servers *out, struct text resolv_conf,
                             bool (*answers)(void *user, const struct server *server), void *user) {
  static const char *const here[] = {"127.0.0.1", "::1"};
  read_resolv_conf(out, resolv_conf, true);
  for (size_t i = 0; out->count == 0 && i < sizeof here / sizeof *here; i++) {
    struct server server;
    if (parse_server(&server, text_from(here[i])) && answers(user, &server)) out->at[out->count++] = server;
  }
  if (out->count == 0) read_resolv_conf(out, resolv_conf, false);
  if (out->count == 0) return ASSAY_NOT_FOUND;
  judge(out);
  return ASSAY_OK;
}

assay_status servers_read_file(char **out, size_t *len, size_t *cap, const char *path, const assay_alloc *alloc) {
  *out = mem_new(alloc, FILE_MOST);
  *len = 0;
  *cap = FILE_MOST;
  if (!*out) return ASSAY_NO_MEMORY;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  while (fd >= 0 && *len < FILE_MOST) {
    ssize_t got = read(fd, *out + *len, FILE_MOST - *len);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    *len += (size_t)got;
  }
  if (fd >= 0) close(fd);
  return ASSAY_OK;
}
