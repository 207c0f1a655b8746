/*
 * Sends frames as fast as it can, or at a given rate: flood DEVICE RATE MILLISECONDS PORTS TCP_EVERY
 *
 * 64-byte Ethernet frames (without their check sequence) from 10.99.0.1 to 10.99.0.2, to a MAC address that nobody has, so
 * that no stack answers: UDP to port 9000 from PORTS ports in turn, from 32768 on; and as every TCP_EVERY-th frame (0: none)
 * the next segment of a TCP connection to port 443, of SYN, three with data, FIN and RST, from the next of PORTS ports.
 * RATE is in frames a second, 0 for no limit. Prints, as JSON, how many frames of which kind were sent, and the rate.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, FRAME = 60, FIRST_PORT = 32768, SEGMENTS = 6 };
static const uint8_t FLAGS[SEGMENTS] = {0x02, 0x18, 0x18, 0x18, 0x11, 0x14};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void put16(uint8_t *at, unsigned value) {
  at[0] = value >> 8;
  at[1] = value;
}

static void put32(uint8_t *at, uint32_t value) {
  put16(at, value >> 16);
  put16(at + 2, value & 0xffff);
}

static void headers(uint8_t *frame, int protocol) {
  static const uint8_t ethernet[14] = {2, 0, 0, 0, 0, 0x77, 2, 0, 0, 0, 0, 0x66, 8, 0};
  memcpy(frame, ethernet, sizeof ethernet);
  uint8_t *ip = frame + 14;
  memset(ip, 0, FRAME - 14);
  ip[0] = 0x45;
  put16(ip + 2, FRAME - 14);
  ip[6] = 0x40;
  ip[8] = 64;
  ip[9] = protocol;
  put32(ip + 12, 0x0a630001);
  put32(ip + 16, 0x0a630002);
}

int main(int argc, char **argv) {
  if (argc < 6) return 1;
  const double rate = atof(argv[2]), seconds = atof(argv[3]) / 1e3;
  const int ports = atoi(argv[4]), tcp_every = atoi(argv[5]);
  int fd = socket(AF_PACKET, SOCK_RAW, 0);
  struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = if_nametoindex(argv[1])};
  int on = 1;
  if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof to) < 0) return perror("bind"), 1;
  setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);

  static uint8_t frames[BATCH][FRAME];
  struct iovec parts[BATCH];
  struct mmsghdr messages[BATCH];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < BATCH; i++) {
    parts[i] = (struct iovec){frames[i], FRAME};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }

  uint64_t made = 0, udp = 0, tcp = 0, ends = 0;
  const double began = now();
  double t = began;
  while ((t = now()) - began < seconds) {
    if (rate > 0 && made > (t - began) * rate) continue;
    for (int i = 0; i < BATCH; i++, made++) {
      uint8_t *frame = frames[i], *l4 = frame + 34;
      if (tcp_every > 0 && made % tcp_every == 0) {
        const uint64_t connection = tcp / SEGMENTS % ports, segment = tcp % SEGMENTS;
        headers(frame, 6);
        put16(l4, FIRST_PORT + connection);
        put16(l4 + 2, 443);
        put32(l4 + 4, 1000 + (segment == 0 ? 0 : 1 + (segment - 1) * 6));
        put32(l4 + 8, 1);
        l4[12] = 0x50;
        l4[13] = FLAGS[segment];
        put16(l4 + 14, 0xffff);
        if (FLAGS[segment] & 7) ends++;
        tcp++;
      } else {
        headers(frame, 17);
        put16(l4, FIRST_PORT + udp % ports);
        put16(l4 + 2, 9000);
        put16(l4 + 4, FRAME - 34);
        udp++;
      }
    }
    for (int sent = 0; sent < BATCH;) {
      int n = sendmmsg(fd, messages + sent, BATCH - sent, 0);
      if (n > 0) sent += n;
    }
  }
  printf("{\"udp\":%llu,\"tcp\":%llu,\"beginsAndEnds\":%llu,\"framesPerSecond\":%.0f}\n", (unsigned long long)udp,
         (unsigned long long)tcp, (unsigned long long)ends, made / (t - began));
  return 0;
}
