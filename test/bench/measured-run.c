/*
 * measured-run COMMAND [ARGUMENT...]
 *
 * Runs a command to the end of its last descendant, and writes one line of JSON to file descriptor 3: exit code, CPU seconds
 * (user and system, all descendants), the largest resident set of any of them in KiB, and seconds by the clock.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t) { return t.tv_sec + t.tv_usec / 1e6; }

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
  if (count < 2) {
    fprintf(stderr, "usage: measured-run COMMAND [ARGUMENT...]\n");
    return 2;
  }
  /* Grandchildren whose parent has gone come here, so that their CPU time is seen too. */
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const double began = now();
  const pid_t child = fork();
  if (child == 0) {
    close(3);
    execvp(arguments[1], arguments + 1);
    perror(arguments[1]);
    _exit(127);
  }
  int status = 0, code = 0;
  for (;;) {
    const pid_t ended = wait(&status);
    if (ended < 0 && errno == EINTR) continue;
    if (ended < 0) break;
    if (ended == child) code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  dprintf(3, "{\"code\":%d,\"cpuSeconds\":%.6f,\"residentKib\":%ld,\"seconds\":%.6f}\n", code,
          seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss, now() - began);
  return 0;
}
