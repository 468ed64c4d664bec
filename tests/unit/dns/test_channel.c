/* Tests channels where servers are on another machine: one port is not used for long. The server is this test. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "dns/channel.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { HEADER = 12, REMOTE_MOST = 64, QUESTIONS = 300, UNDER_WAY = 3 };

struct run {
  struct channels *channels;
  int server;
  size_t asked, answered, served;
  uint8_t held[512]; /* a question that has come */
  struct sockaddr_in from;
  size_t questions[1 << 16]; /* that came from each port */
};

static void ask_next(struct run *run) {
  if (run->asked++ < QUESTIONS) channels_ask(run->channels, ASSAY_QUESTION_A, TEXT("a.example"), run);
}

static void hear(void *user, void *question, const struct dns_reply *reply) {
  struct run *run = user;
  assert_ptr_equal(run, question);
  assert_int_equal(reply->outcome, ASSAY_OUTCOME_NODATA);
  run->answered++;
}

/* No data. */
static void answer(const struct run *run) {
  uint8_t bytes[sizeof run->held];
  size_t end = HEADER + sizeof "\1a\7example" + 4;
  memcpy(bytes, run->held, end);
  bytes[2] |= 0x80; /* a response, */
  bytes[3] |= 0x80; /* of a resolver, */
  bytes[11] = 0;    /* without an OPT record */
  assert_int_equal(sendto(run->server, bytes, end, 0, (const struct sockaddr *)&run->from, sizeof run->from), end);
}

/* The latest question is held back until there is another one, so that no socket is closed for having nothing to do. */
static void serve(struct run *run) {
  uint8_t bytes[sizeof run->held];
  struct sockaddr_in from;
  socklen_t size = sizeof from;
  while (recvfrom(run->server, bytes, sizeof bytes, MSG_DONTWAIT, (struct sockaddr *)&from, &size) > HEADER) {
    if (run->served++ > 0) answer(run);
    memcpy(run->held, bytes, sizeof bytes);
    run->from = from;
    run->questions[ntohs(from.sin_port)]++;
    if (run->served == QUESTIONS) answer(run);
  }
}

static void open_run(struct run *run, bool local) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  struct servers servers;
  char text[32];
  run->server = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  assert_int_equal(bind(run->server, (struct sockaddr *)&address, size), 0);
  assert_int_equal(getsockname(run->server, (struct sockaddr *)&address, &size), 0);
  snprintf(text, sizeof text, "127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
  assert_int_equal(servers_parse(&servers, text_from(text)), ASSAY_OK);
  servers.local = local;
  struct channels_options options = {.servers = &servers, .attempt_ms = 20000, .attempts = 1, .answered = hear,
                                     .user = run, .alloc = &mem_default};
  assert_int_equal(channels_new(&run->channels, &options), ASSAY_OK);
}

static void run_questions(struct run *run) {
  for (size_t i = 0; i < UNDER_WAY; i++) ask_next(run);
  while (run->answered < QUESTIONS) {
    struct pollfd turn[64];
    size_t count, before = run->answered;
    serve(run);
    const struct pollfd *descriptors = channels_descriptors(run->channels, &count);
    assert_true(count <= COUNT(turn));
    memcpy(turn, descriptors, count * sizeof *turn);
    assert_true(poll(turn, (nfds_t)count, 20000) > 0);
    for (size_t i = 0; i < count && run->answered == before; i++)
      if (turn[i].revents) channels_process(run->channels, turn[i].fd, true, false);
    for (; before < run->answered; before++) ask_next(run);
  }
}

static void a_port_is_not_used_for_long(void **state) {
  (void)state;
  static const struct {
    bool local;
    size_t ports_least, ports_most, most;
  } rows[] = {{false, QUESTIONS / REMOTE_MOST, QUESTIONS, REMOTE_MOST}, {true, 1, 1, QUESTIONS}};
  for (size_t row = 0; row < COUNT(rows); row++) {
    static struct run run;
    size_t ports = 0;
    memset(&run, 0, sizeof run);
    open_run(&run, rows[row].local);
    run_questions(&run);
    for (size_t i = 0; i < COUNT(run.questions); i++) {
      ports += run.questions[i] > 0;
      assert_in_range(run.questions[i], 0, rows[row].most);
    }
    assert_in_range(ports, rows[row].ports_least, rows[row].ports_most);
    channels_free(run.channels);
    close(run.server);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_port_is_not_used_for_long)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
