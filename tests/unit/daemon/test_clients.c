/* Tests the count of each client's connections: its bound, its end, and many threads at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <pthread.h>

#include "daemon/clients.h"

enum { THREADS = 4, TURNS = 20000, MANY = 20000 };

static struct address address_of(uint32_t number) {
  struct address address;
  const uint8_t quad[] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number};
  address_set_v4(&address, quad);
  return address;
}

static void counts_each(void **state) {
  (void)state;
  struct clients *clients = clients_new();
  struct address one = address_of(1), two = address_of(2), six = {{[15] = 1}};
  assert_non_null(clients);
  for (int i = 0; i < 3; i++) assert_true(clients_enter(clients, &one, 3));
  assert_false(clients_enter(clients, &one, 3));
  assert_true(clients_enter(clients, &two, 3));
  assert_true(clients_enter(clients, &six, 1)); /* ends in the same bytes */
  assert_false(clients_enter(clients, &six, 1));
  clients_leave(clients, &one);
  assert_true(clients_enter(clients, &one, 3));
  assert_false(clients_enter(clients, &one, 3));
  assert_true(clients_enter(clients, &one, 0)); /* no bound */
  clients_leave(clients, &two);
  clients_leave(clients, &two); /* who is not there leaves nothing behind */
  assert_true(clients_enter(clients, &two, 1));
  clients_free(clients);
  clients_free(NULL);
}

static void keeps_many_apart(void **state) {
  (void)state;
  struct clients *clients = clients_new();
  for (uint32_t i = 0; i < MANY; i++) {
    struct address address = address_of(i);
    assert_true(clients_enter(clients, &address, 1));
  }
  for (uint32_t i = 0; i < MANY; i++) {
    struct address address = address_of(i);
    assert_false(clients_enter(clients, &address, 1));
    clients_leave(clients, &address);
    assert_true(clients_enter(clients, &address, 1));
  }
  clients_free(clients);
}

static void *come_and_go(void *user) {
  struct clients *clients = user;
  for (uint32_t i = 0; i < TURNS; i++) {
    struct address address = address_of(i % 7);
    if (clients_enter(clients, &address, 2)) clients_leave(clients, &address);
  }
  return NULL;
}

static void bears_threads(void **state) {
  (void)state;
  struct clients *clients = clients_new();
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, clients), 0);
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  for (uint32_t i = 0; i < 7; i++) { /* all are gone */
    struct address address = address_of(i);
    assert_true(clients_enter(clients, &address, 1));
  }
  clients_free(clients);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(counts_each), cmocka_unit_test(keeps_many_apart),
                                     cmocka_unit_test(bears_threads)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
