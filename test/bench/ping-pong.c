/*
 * ping-pong serve PORT                       sends back what it gets
 * ping-pong probe ADDRESS PORT SECONDS       opens a connection after another, some exchanges on each
 *
 * The probe prints a line for each connection that opened: milliseconds that it took, and the mean of its exchanges, or -1 where a
 * packet was lost. Both run before other processes, so that what they measure is the network's time and not the scheduler's.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { EXCHANGES = 4, MESSAGE_BYTES = 100, PAUSE_US = 20000, PATIENCE_SECONDS = 1 };

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static int tcp_socket(void) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  const struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

static int serve(int port) {
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)};
  const int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&own, sizeof own) < 0 || listen(listener, 64) < 0) {
    perror("ping-pong");
    return 1;
  }
  signal(SIGCHLD, SIG_IGN);
  for (;;) {
    const int fd = accept(listener, NULL, NULL);
    if (fd < 0) continue;
    if (fork() == 0) {
      char bytes[MESSAGE_BYTES];
      ssize_t got;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      while ((got = read(fd, bytes, sizeof bytes)) > 0)
        if (write(fd, bytes, got) != got) break;
      _exit(0);
    }
    close(fd);
  }
}

/* Returns 0 where the connection did not open. */
static int visit(const struct sockaddr_in *server, double *open_ms, double *exchange_ms) {
  char bytes[MESSAGE_BYTES] = {0};
  const int fd = tcp_socket();
  const double began = now_ms();
  const int opened = connect(fd, (const struct sockaddr *)server, sizeof *server) == 0;
  *open_ms = now_ms() - began;
  int whole = opened;
  const double first = now_ms();
  for (int i = 0; whole && i < EXCHANGES; i++)
    whole = write(fd, bytes, sizeof bytes) == sizeof bytes &&
            recv(fd, bytes, sizeof bytes, MSG_WAITALL) == sizeof bytes;
  *exchange_ms = whole ? (now_ms() - first) / EXCHANGES : -1;
  close(fd);
  return opened;
}

int main(int count, char **arguments) {
  const struct sched_param highest = {.sched_priority = 50};
  sched_setscheduler(0, SCHED_FIFO, &highest);
  if (count == 3 && strcmp(arguments[1], "serve") == 0) return serve(atoi(arguments[2]));
  struct sockaddr_in server = {.sin_family = AF_INET};
  if (count != 5 || strcmp(arguments[1], "probe") != 0 ||
      inet_pton(AF_INET, arguments[2], &server.sin_addr) != 1) {
    fprintf(stderr, "usage: ping-pong serve PORT | ping-pong probe ADDRESS PORT SECONDS\n");
    return 2;
  }
  server.sin_port = htons(atoi(arguments[3]));
  const double until = now_ms() + atof(arguments[4]) * 1e3;
  while (now_ms() < until) {
    double open_ms, exchange_ms;
    if (visit(&server, &open_ms, &exchange_ms)) printf("%.3f %.3f\n", open_ms, exchange_ms);
    usleep(PAUSE_US);
  }
  return 0;
}
