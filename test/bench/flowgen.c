/*
 * flowgen OUT.pcap PACKETS CONNECTIONS [SEED]
 *
 * Writes the benchmark's capture: 300 s of synthetic traffic, 8,192 connections at a time, cut at 128 bytes a frame.
 * Half of the connections run inside VXLAN, a tenth over IPv6; 80 % TCP with handshake, data, one retransmission in a hundred and
 * FIN, 17 % UDP, mostly questions to port 53, 3 % echo. Lengths of connections are heavy-tailed. The same seed gives the same bytes.
 */
#include <arpa/inet.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  ACTIVE = 8192,
  SNAP_LENGTH = 128,
  SMALLEST_FRAME = 60,
  LONGEST_CONNECTION = 20000,
  TCP = 6,
  UDP = 17,
  ICMP = 1,
  ICMPV6 = 58,
  SYN = 2,
  FIN_ACK = 0x11,
  SYN_ACK = 0x12,
  ACK = 0x10,
  PSH_ACK = 0x18,
  VXLAN_PORT = 4789,
};

typedef struct {
  uint8_t is_ipv6, protocol, in_vxlan, has_vlan;
  /* TCP: packets of the handshake that have been sent. */
  uint8_t handshake;
  uint16_t client_port, server_port;
  uint32_t client[4], server[4];
  uint32_t client_sequence, server_sequence;
  uint32_t vni, client_node, server_node;
  int packets_left;
} connection;

static uint64_t state[2];
static connection connections[ACTIVE];
static long made;
static double mean_length;

/* xorshift128+ */
static uint64_t next_random(void) {
  uint64_t a = state[0], b = state[1];
  state[0] = b;
  a ^= a << 23;
  state[1] = a ^ b ^ (a >> 17) ^ (b >> 26);
  return state[1] + b;
}

/* In [0, 1). */
static double uniform(void) { return (next_random() >> 11) * (1.0 / 9007199254740992.0); }

static void put16(uint8_t *at, uint16_t value) {
  value = htons(value);
  memcpy(at, &value, sizeof value);
}

static void put32(uint8_t *at, uint32_t value) {
  value = htonl(value);
  memcpy(at, &value, sizeof value);
}

static void put_checksum(uint8_t *header) {
  uint32_t sum = 0;
  uint16_t word;
  for (int i = 0; i < 20; i += 2) {
    memcpy(&word, header + i, sizeof word);
    sum += word;
  }
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  word = (uint16_t)~sum;
  memcpy(header + 10, &word, sizeof word);
}

static uint32_t ipv4_pod(void) {
  /* Two statements: the order of random numbers is part of the capture. */
  const uint32_t node = (uint32_t)(next_random() % 20) << 8;
  const uint32_t pod = next_random() % 200 + 2;
  return htonl(0x0af40000 | node | pod);
}

static void begin(connection *c) {
  static const uint16_t server_ports[] = {80, 443, 8080, 5432, 6379, 9090, 3306, 50051};
  memset(c, 0, sizeof *c);
  made++;
  c->is_ipv6 = uniform() < 0.10;
  const double kind = uniform();
  c->protocol = kind < 0.80 ? TCP : kind < 0.97 ? UDP : c->is_ipv6 ? ICMPV6 : ICMP;
  c->in_vxlan = next_random() & 1;
  c->has_vlan = !c->in_vxlan && uniform() < 0.10;
  if (c->is_ipv6) {
    c->client[0] = c->server[0] = htonl(0xfd000010);
    c->client[3] = htonl(next_random() & 0x3ffff);
    c->server[3] = htonl(next_random() & 0x3ffff);
    c->client[1] = htonl(next_random() % 20);
    c->server[1] = htonl(next_random() % 20);
  } else {
    c->client[0] = ipv4_pod();
    c->server[0] = ipv4_pod();
  }
  c->client_port = 32768 + next_random() % 28000;
  if (c->protocol == UDP)
    c->server_port = uniform() < 0.8 ? 53 : 4000 + next_random() % 100;
  else
    c->server_port = server_ports[next_random() % 8];
  c->client_sequence = next_random();
  c->server_sequence = next_random();
  c->vni = 1 + next_random() % 4;
  c->client_node = htonl(0xc0a80a00 | (1 + next_random() % 20));
  c->server_node = htonl(0xc0a80a00 | (1 + next_random() % 20));
  if (c->protocol == UDP && c->server_port == 53) {
    c->packets_left = 2;
    return;
  }
  const int length = (int)(6 + pow(1 - uniform(), -1 / 1.15) * mean_length);
  c->packets_left = length > LONGEST_CONNECTION ? LONGEST_CONNECTION : length;
}

/* What the next packet of a connection is. */
typedef struct {
  int payload, header, from_server;
  uint8_t flags;
  uint32_t sequence, acknowledgement;
} packet;

static packet next_tcp(connection *c) {
  packet p = {.header = 32, .flags = ACK};
  if (c->handshake == 0) {
    p = (packet){.header = 40, .flags = SYN, .sequence = c->client_sequence++};
    c->handshake = 1;
  } else if (c->handshake == 1) {
    p = (packet){.header = 40, .flags = SYN_ACK, .from_server = 1};
    p.sequence = c->server_sequence++;
    p.acknowledgement = c->client_sequence;
    c->handshake = 2;
  } else if (c->handshake == 2) {
    p.sequence = c->client_sequence;
    p.acknowledgement = c->server_sequence;
    c->handshake = 3;
  } else if (c->packets_left <= 2) {
    p.flags = FIN_ACK;
    p.from_server = c->packets_left == 1;
    p.sequence = p.from_server ? c->server_sequence : c->client_sequence;
    p.acknowledgement = p.from_server ? c->client_sequence : c->server_sequence;
  } else {
    p.from_server = next_random() % 100 < 60;
    const double kind = uniform();
    p.payload = kind < 0.45 ? 0 : kind < 0.75 ? 1398 : 20 + (int)(next_random() % 800);
    if (p.payload > 0) p.flags = PSH_ACK;
    uint32_t *sequence = p.from_server ? &c->server_sequence : &c->client_sequence;
    p.sequence = *sequence;
    p.acknowledgement = p.from_server ? c->client_sequence : c->server_sequence;
    if (p.payload > 0) {
      if (uniform() < 0.01)
        p.sequence -= p.payload;
      else
        *sequence += p.payload;
    }
  }
  return p;
}

static packet next_packet(connection *c) {
  if (c->protocol == TCP) return next_tcp(c);
  packet p = {.header = 8, .payload = 56};
  if (c->protocol != UDP) {
    p.from_server = next_random() & 1;
    return p;
  }
  const int is_dns = c->server_port == 53;
  p.from_server = is_dns ? c->packets_left == 1 : (int)(next_random() & 1);
  p.payload = is_dns ? 30 + (int)(next_random() % 100) : 100 + (int)(next_random() % 1100);
  return p;
}

static uint8_t *put_vxlan(uint8_t *at, const connection *c, int from_server, int inner_bytes) {
  const uint32_t source = from_server ? c->server_node : c->client_node;
  const uint32_t destination = from_server ? c->client_node : c->server_node;
  memset(at, 2, 12);
  at[5] = source >> 24;
  at[11] = destination >> 24;
  put16(at + 12, 0x0800);
  at += 14;
  at[0] = 0x45;
  put16(at + 2, 20 + 8 + 8 + inner_bytes);
  at[8] = 64;
  at[9] = UDP;
  memcpy(at + 12, &source, 4);
  memcpy(at + 16, &destination, 4);
  put_checksum(at);
  at += 20;
  const uint32_t tuple = c->client[0] ^ c->server[0] ^ c->client_port ^ c->server_port;
  put16(at, 49152 + (tuple * 2654435761u >> 18));
  put16(at + 2, VXLAN_PORT);
  put16(at + 4, 8 + 8 + inner_bytes);
  at += 8;
  at[0] = 8;
  put32(at + 4, c->vni << 8);
  return at + 8;
}

static uint8_t *put_ip(uint8_t *at, const connection *c, int from_server, int l4_bytes) {
  const uint32_t *source = from_server ? c->server : c->client;
  const uint32_t *destination = from_server ? c->client : c->server;
  if (c->is_ipv6) {
    put16(at, 0x86dd);
    at += 2;
    at[0] = 0x60;
    put16(at + 4, l4_bytes);
    at[6] = c->protocol;
    at[7] = 64;
    memcpy(at + 8, source, 16);
    memcpy(at + 24, destination, 16);
    return at + 40;
  }
  put16(at, 0x0800);
  at += 2;
  at[0] = 0x45;
  put16(at + 2, 20 + l4_bytes);
  const uint16_t identification = next_random();
  memcpy(at + 4, &identification, 2);
  at[6] = 0x40;
  at[8] = 64;
  at[9] = c->protocol;
  memcpy(at + 12, source, 4);
  memcpy(at + 16, destination, 4);
  put_checksum(at);
  return at + 20;
}

static uint8_t *put_transport(uint8_t *at, const connection *c, const packet *p) {
  const uint16_t source = p->from_server ? c->server_port : c->client_port;
  const uint16_t destination = p->from_server ? c->client_port : c->server_port;
  if (c->protocol == TCP) {
    put16(at, source);
    put16(at + 2, destination);
    put32(at + 4, p->sequence);
    put32(at + 8, p->acknowledgement);
    at[12] = (p->header / 4) << 4;
    at[13] = p->flags;
    put16(at + 14, 0xffff);
    memset(at + 20, 1, p->header - 20);
  } else if (c->protocol == UDP) {
    put16(at, source);
    put16(at + 2, destination);
    put16(at + 4, p->header + p->payload);
  } else {
    const int request = c->is_ipv6 ? 128 : 8, reply = c->is_ipv6 ? 129 : 0;
    at[0] = p->from_server ? reply : request;
    put16(at + 4, c->client_port);
  }
  return at + p->header;
}

/* Fills `frame` up to the end of the headers, and returns its length on the wire. */
static int put_frame(uint8_t *frame, const connection *c, const packet *p) {
  const int l4_bytes = p->header + p->payload;
  uint8_t *at = frame;
  memset(frame, 0, 200);
  if (c->in_vxlan) at = put_vxlan(at, c, p->from_server, 14 + (c->is_ipv6 ? 40 : 20) + l4_bytes);
  memset(at, 10, 12);
  at += 12;
  if (c->has_vlan) {
    put16(at, 0x8100);
    put16(at + 2, 100);
    at += 4;
  }
  at = put_ip(at, c, p->from_server, l4_bytes);
  at = put_transport(at, c, p);
  const int wire = (int)(at - frame) + p->payload;
  return wire < SMALLEST_FRAME ? SMALLEST_FRAME : wire;
}

int main(int count, char **arguments) {
  if (count < 4) {
    fprintf(stderr, "usage: flowgen OUT.pcap PACKETS CONNECTIONS [SEED]\n");
    return 2;
  }
  const long packets = atol(arguments[2]);
  state[0] = 0x9E3779B97F4A7C15ull ^ (uint64_t)(count > 4 ? atol(arguments[4]) : 1);
  state[1] = 0xD1B54A32D192ED03ull;
  for (int i = 0; i < 20; i++) next_random();

  FILE *out = fopen(arguments[1], "wb");
  if (out == NULL) {
    perror(arguments[1]);
    return 1;
  }
  static char buffer[1 << 22];
  setvbuf(out, buffer, _IOFBF, sizeof buffer);
  const uint32_t header[6] = {0xa1b2c3d4, 2 | (4 << 16), 0, 0, SNAP_LENGTH, 1};
  fwrite(header, 1, sizeof header, out);

  mean_length = (double)packets / atol(arguments[3]) * 0.30;
  for (int i = 0; i < ACTIVE; i++) begin(&connections[i]);
  double time = 1700000000.0;
  const double step = 300.0 / packets;
  connection *c = NULL;
  int burst = 0;
  uint8_t frame[2048];
  for (long written = 0; written < packets; written++) {
    if (burst <= 0 || c == NULL) {
      c = &connections[next_random() % ACTIVE];
      burst = 1 + next_random() % 6;
    }
    burst--;
    const packet p = next_packet(c);
    const uint32_t wire = put_frame(frame, c, &p);
    const uint32_t captured = wire < SNAP_LENGTH ? wire : SNAP_LENGTH;
    time += step * (0.2 + 1.6 * uniform());
    const uint32_t whole = (uint32_t)time;
    const uint32_t record[4] = {whole, (uint32_t)((time - whole) * 1e6), captured, wire};
    fwrite(record, 1, sizeof record, out);
    fwrite(frame, 1, captured, out);
    if (--c->packets_left <= 0) {
      begin(c);
      c = NULL;
    }
  }
  if (fclose(out) != 0) {
    perror(arguments[1]);
    return 1;
  }
  fprintf(stderr, "flowgen: %ld connections, %ld packets\n", made, packets);
  return 0;
}
