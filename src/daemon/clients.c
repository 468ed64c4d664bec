/* Owns how many connections each client has.
 * Must never know: what they are for. */
#include "daemon/clients.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Connections are bounded, and a client without any has no entry, so the chains stay short. */
enum { CHAINS = 4096 };

struct client {
  struct client *next;
  struct address address;
  size_t connections;
};

struct clients {
  pthread_mutex_t lock;
  uint64_t key; /* so that nobody can choose addresses that share a chain */
  struct client *chains[CHAINS];
};

struct clients *clients_new(void) {
  struct clients *clients = calloc(1, sizeof *clients);
  if (!clients) return NULL;
  pthread_mutex_init(&clients->lock, NULL);
  if (getrandom(&clients->key, sizeof clients->key, 0) != (ssize_t)sizeof clients->key)
    clients->key = (uintptr_t)clients;
  return clients;
}

void clients_free(struct clients *clients) {
  if (!clients) return;
  for (size_t i = 0; i < CHAINS; i++)
    while (clients->chains[i]) {
      struct client *client = clients->chains[i];
      clients->chains[i] = client->next;
      free(client);
    }
  pthread_mutex_destroy(&clients->lock);
  free(clients);
}

static struct client **find(struct clients *clients, const struct address *address) {
  uint64_t hash = clients->key;
  for (size_t i = 0; i < sizeof address->bytes; i++) {
    hash ^= address->bytes[i];
    hash *= 0x9E3779B97F4A7C15u;
    hash ^= hash >> 29;
  }
  struct client **at = &clients->chains[hash % CHAINS];
  while (*at && memcmp(&(*at)->address, address, sizeof *address) != 0) at = &(*at)->next;
  return at;
}

bool clients_enter(struct clients *clients, const struct address *client, size_t most) {
  pthread_mutex_lock(&clients->lock);
  struct client **at = find(clients, client);
  if (!*at && (*at = calloc(1, sizeof **at))) (*at)->address = *client;
  bool entered = *at && (most == 0 || (*at)->connections < most);
  if (entered) (*at)->connections++;
  pthread_mutex_unlock(&clients->lock);
  return entered;
}

void clients_leave(struct clients *clients, const struct address *client) {
  pthread_mutex_lock(&clients->lock);
  struct client **at = find(clients, client), *gone = *at;
  if (gone && --gone->connections == 0) {
    *at = gone->next;
    free(gone);
  }
  pthread_mutex_unlock(&clients->lock);
}
