/* Owns the sockets that c-ares uses: as it would make them itself, but that writing to one raises no signal.
 * Must never know: channels, or what goes through a socket. */
#ifndef DNS_SOCKET_H
#define DNS_SOCKET_H

#include <sys/select.h>

#include <ares.h>

/* What c-ares is to use; static. It leaves sockets that are not its own as they are, so they come ready: they do not
 * block, nor live on in programs that the host starts. */
const struct ares_socket_functions *socket_functions(void);

#endif
