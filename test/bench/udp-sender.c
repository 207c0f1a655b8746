/*
 * udp-sender DESTINATION SECONDS PAYLOAD_BYTES CONNECTIONS [RATE]
 *
 * Sends UDP datagrams of equal size from as many source ports as there are connections, in batches, at most RATE a second (0: as
 * fast as they go), and prints {"sent":N,"seconds":S}. A payload of 0 sends a mix of 64, 512 and 1400 byte packets, 7:4:1.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, MOST_CONNECTIONS = 512, HEADERS = 28, PORT = 9999, FIRST_SOURCE_PORT = 20000 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

/* The simple IMIX: seven small, four middle, one large. */
static size_t mixed(long number) {
  const long place = number % 12;
  return (place < 7 ? 64 : place < 11 ? 512 : 1400) - HEADERS;
}

int main(int count, char **arguments) {
  if (count < 5) {
    fprintf(stderr, "usage: udp-sender DESTINATION SECONDS PAYLOAD_BYTES CONNECTIONS [RATE]\n");
    return 2;
  }
  const double duration = atof(arguments[2]);
  const size_t payload = strtoul(arguments[3], NULL, 10);
  int connections = atoi(arguments[4]);
  if (connections < 1 || connections > MOST_CONNECTIONS) connections = MOST_CONNECTIONS;
  const double rate = count > 5 ? atof(arguments[5]) : 0;

  struct sockaddr_in destination = {.sin_family = AF_INET, .sin_port = htons(PORT)};
  if (inet_pton(AF_INET, arguments[1], &destination.sin_addr) != 1) {
    fprintf(stderr, "udp-sender: %s is no IPv4 address\n", arguments[1]);
    return 2;
  }
  static int sockets[MOST_CONNECTIONS];
  for (int i = 0; i < connections; i++) {
    struct sockaddr_in source = {.sin_family = AF_INET, .sin_port = htons(FIRST_SOURCE_PORT + i)};
    sockets[i] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (sockets[i] < 0 || bind(sockets[i], (struct sockaddr *)&source, sizeof source) < 0 ||
        connect(sockets[i], (struct sockaddr *)&destination, sizeof destination) < 0) {
      perror("udp-sender");
      return 1;
    }
  }

  static char bytes[2048];
  static struct iovec parts[BATCH];
  static struct mmsghdr messages[BATCH];
  for (int i = 0; i < BATCH; i++) {
    parts[i] = (struct iovec){.iov_base = bytes, .iov_len = payload};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  long sent = 0;
  const double began = now();
  double passed = 0;
  for (long batch = 0; passed < duration; batch++) {
    if (payload == 0)
      for (int i = 0; i < BATCH; i++) parts[i].iov_len = mixed(sent + i);
    const int taken = sendmmsg(sockets[batch % connections], messages, BATCH, 0);
    if (taken > 0) sent += taken;
    passed = now() - began;
    if (rate > 0 && sent > rate * passed) usleep((useconds_t)((sent / rate - passed) * 1e6));
  }
  printf("{\"sent\":%ld,\"seconds\":%.6f}\n", sent, passed);
  return 0;
}
