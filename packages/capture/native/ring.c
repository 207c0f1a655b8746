/*
 * The kernel's packet ring (AF_PACKET, TPACKET_V3; packet(7), Documentation/networking/packet_mmap.rst) for Node.js.
 *
 * Only what JavaScript cannot do is here, or cannot do without copying twice: system calls, the acquire and release of blocks, and
 * moving their frames into arrays of the caller's. Nothing is decoded. Every call is made on one thread.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>

#include "addon.h"

typedef struct {
  int fd;
  uint8_t *map; /* NULL once closed */
  size_t map_bytes;
  uint32_t block_bytes;
  uint32_t block_count;
  bool segment_sizes; /* each frame is preceded by a struct virtio_net_hdr */
} ring;

static void close_ring(ring *r) {
  if (r->map != NULL) munmap(r->map, r->map_bytes);
  r->map = NULL;
  if (r->fd >= 0) close(r->fd);
  r->fd = -1;
}

/* The handle was forgotten without close(), or its worker thread ended. */
static void handle_finalized(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  close_ring(data);
  free(data);
}

/* A filter is an array of struct sock_filter, 8 bytes an instruction, as a Uint8Array. */
static bool read_filter(napi_env env, napi_value value, struct sock_fprog *out) {
  napi_typedarray_type type;
  size_t bytes;
  void *data;
  if (napi_get_typedarray_info(env, value, &type, &bytes, &data, NULL, NULL) != napi_ok || type != napi_uint8_array ||
      bytes == 0 || bytes % sizeof(struct sock_filter) != 0 || bytes / sizeof(struct sock_filter) > BPF_MAXINSNS) {
    napi_throw_type_error(env, NULL, "expected a filter: 1 to 4096 instructions of 8 bytes in a Uint8Array");
    return false;
  }
  out->len = (unsigned short)(bytes / sizeof(struct sock_filter));
  out->filter = data;
  return true;
}

/* The ring behind argument 0, or NULL with an exception pending. */
static ring *arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values) {
  size_t given = count;
  void *data = NULL;
  if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok || given < count ||
      napi_get_value_external(env, values[0], &data) != napi_ok) {
    napi_throw_type_error(env, NULL, "expected a ring and its arguments");
    return NULL;
  }
  return data;
}

/* As `arguments`, for calls that need the ring open. */
static ring *open_ring(napi_env env, napi_callback_info info, size_t count, napi_value *values) {
  ring *r = arguments(env, info, count, values);
  if (r != NULL && r->map == NULL) {
    throw_system(env, "ring", EBADF);
    return NULL;
  }
  return r;
}

/* Nothing is received before bind(): by then the filter and the ring are in place. Returns the failed call's name. */
static const char *set_up(ring *r, uint32_t retire_ms, const struct sock_fprog *filter) {
  r->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (r->fd < 0) return "socket";

  int version = TPACKET_V3;
  if (setsockopt(r->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0) return "PACKET_VERSION";
  if (setsockopt(r->fd, SOL_SOCKET, SO_ATTACH_FILTER, filter, sizeof *filter) < 0) return "SO_ATTACH_FILTER";

  /* Before the ring: each frame is then preceded by a struct virtio_net_hdr. */
  int vnet = 1;
  if (r->segment_sizes && setsockopt(r->fd, SOL_PACKET, PACKET_VNET_HDR, &vnet, sizeof vnet) < 0) return "PACKET_VNET_HDR";

  /* The frame size only has to divide the block size: TPACKET_V3 packs frames by their own length. */
  const uint32_t frame_bytes = 2048;
  struct tpacket_req3 request = {
      .tp_block_size = r->block_bytes,
      .tp_block_nr = r->block_count,
      .tp_frame_size = frame_bytes,
      .tp_frame_nr = r->block_bytes / frame_bytes * r->block_count,
      .tp_retire_blk_tov = retire_ms,
      .tp_feature_req_word = 0, /* no TP_FT_REQ_FILL_RXHASH: it costs 9 % of a sender's throughput */
  };
  if (setsockopt(r->fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) < 0) return "PACKET_RX_RING";

  r->map_bytes = (size_t)r->block_bytes * r->block_count;
  void *map = mmap(NULL, r->map_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, 0);
  if (map == MAP_FAILED) return "mmap";
  r->map = map;
  /* A process that starts `ip` would copy the page tables of all of it each time. */
  madvise(map, r->map_bytes, MADV_DONTFORK);

  /* All interfaces. PACKET_IGNORE_OUTGOING stays off: what leaves by an interface is half of what it carries. */
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = 0};
  if (bind(r->fd, (const struct sockaddr *)&address, sizeof address) < 0) return "bind";
  return NULL;
}

/* open(blockBytes, blockCount, retireMs, filter, segmentSizes): handle */
static napi_value ring_open(napi_env env, napi_callback_info info) {
  size_t given = 5;
  napi_value values[5], handle;
  uint32_t block_bytes, block_count, retire_ms;
  struct sock_fprog filter;
  bool segment_sizes;
  napi_get_cb_info(env, info, &given, values, NULL, NULL);
  if (!read_u32(env, values[0], &block_bytes) || !read_u32(env, values[1], &block_count) ||
      !read_u32(env, values[2], &retire_ms) || !read_filter(env, values[3], &filter)) {
    return NULL;
  }
  if (napi_get_value_bool(env, values[4], &segment_sizes) != napi_ok) {
    napi_throw_type_error(env, NULL, "expected whether to ask for segment sizes");
    return NULL;
  }

  ring *r = calloc(1, sizeof *r);
  if (r == NULL) return throw_system(env, "calloc", ENOMEM);
  r->fd = -1;
  r->block_bytes = block_bytes;
  r->block_count = block_count;
  r->segment_sizes = segment_sizes;

  const char *failed = set_up(r, retire_ms, &filter);
  if (failed != NULL) {
    const int error = errno;
    close_ring(r);
    free(r);
    return throw_system(env, failed, error);
  }
  if (napi_create_external(env, r, handle_finalized, NULL, &handle) != napi_ok) {
    close_ring(r);
    free(r);
    return throw_system(env, "napi_create_external", ENOMEM);
  }
  return handle;
}

static struct tpacket_hdr_v1 *block_header(napi_env env, ring *r, napi_value index) {
  uint32_t i;
  if (!read_u32(env, index, &i)) return NULL;
  if (i >= r->block_count) {
    napi_throw_range_error(env, NULL, "no such block");
    return NULL;
  }
  return &((struct tpacket_block_desc *)(r->map + (size_t)i * r->block_bytes))->hdr.bh1;
}

/* ready(handle, block): boolean. What the kernel wrote before it gave the block over is visible afterwards. */
static napi_value ring_ready(napi_env env, napi_callback_info info) {
  napi_value values[2], result;
  ring *r = open_ring(env, info, 2, values);
  struct tpacket_hdr_v1 *header = r == NULL ? NULL : block_header(env, r, values[1]);
  if (header == NULL) return NULL;
  const uint32_t status = __atomic_load_n(&header->block_status, __ATOMIC_ACQUIRE);
  napi_get_boolean(env, (status & TP_STATUS_USER) != 0, &result);
  return result;
}

/* The typed arrays of a block of rows (src/frame-rows.ts), in the order of fill's arguments. */
typedef struct {
  uint8_t *bytes;
  size_t bytes_length;
  uint32_t *offsets, *captured_lengths, *wire_lengths;
  double *times_us;
  int32_t *interface_indexes;
  uint8_t *directions;
  int32_t *vlan_tags;
  uint16_t *gso_sizes;
  size_t capacity;
} rows;

enum { COLUMNS = 8 };

static bool read_rows(napi_env env, const napi_value *values, rows *out) {
  static const napi_typedarray_type types[COLUMNS] = {napi_uint32_array, napi_uint32_array, napi_uint32_array,
                                                      napi_float64_array, napi_int32_array, napi_uint8_array,
                                                      napi_int32_array, napi_uint16_array};
  void **columns[COLUMNS] = {(void **)&out->offsets,   (void **)&out->captured_lengths,  (void **)&out->wire_lengths,
                             (void **)&out->times_us,  (void **)&out->interface_indexes, (void **)&out->directions,
                             (void **)&out->vlan_tags, (void **)&out->gso_sizes};
  napi_typedarray_type type;
  bool are_rows = napi_get_typedarray_info(env, values[0], &type, &out->bytes_length, (void **)&out->bytes, NULL, NULL) == napi_ok &&
                  type == napi_uint8_array;
  out->capacity = SIZE_MAX;
  for (int i = 0; are_rows && i < COLUMNS; i++) {
    size_t length;
    are_rows = napi_get_typedarray_info(env, values[1 + i], &type, &length, columns[i], NULL, NULL) == napi_ok && type == types[i];
    if (are_rows && length < out->capacity) out->capacity = length;
  }
  if (!are_rows) napi_throw_type_error(env, NULL, "expected the arrays of a block of rows");
  return are_rows;
}

/* Where fill stands in a block: of a Uint32Array. */
enum { CURSOR_PACKET, CURSOR_LEFT, CURSOR_DEVICE_TYPE, CURSOR_WORDS };

/*
 * Moves frames of the block from the cursor on into rows, as long as there is room and their device type (ARPHRD_, linux/if_arp.h) is one.
 * What lies outside the block, were the kernel ever to say so, is not read.
 */
static uint32_t fill(const ring *r, const uint8_t *block, uint32_t *cursor, const rows *into) {
  uint32_t packet = cursor[CURSOR_PACKET], left = cursor[CURSOR_LEFT], row = 0;
  size_t used = 0;
  const size_t header_bytes = TPACKET_ALIGN(sizeof(struct tpacket3_hdr)) + sizeof(struct sockaddr_ll);
  for (; left > 0 && row < into->capacity; left--, row++) {
    if ((size_t)packet + header_bytes > r->block_bytes) {
      left = 0;
      break;
    }
    const struct tpacket3_hdr *header = (const struct tpacket3_hdr *)(block + packet);
    const struct sockaddr_ll *address = (const struct sockaddr_ll *)((const uint8_t *)header + TPACKET_ALIGN(sizeof *header));
    const size_t frame = (size_t)packet + header->tp_mac, captured = header->tp_snaplen;
    if (frame + captured > r->block_bytes) {
      left = 0;
      break;
    }
    if (row == 0) cursor[CURSOR_DEVICE_TYPE] = address->sll_hatype;
    else if (address->sll_hatype != cursor[CURSOR_DEVICE_TYPE] || used + captured > into->bytes_length) break;
    __builtin_prefetch(block + packet + 2 * header->tp_next_offset);

    const size_t kept = captured < into->bytes_length ? captured : into->bytes_length;
    memcpy(into->bytes + used, block + frame, kept);
    into->offsets[row] = (uint32_t)used;
    into->captured_lengths[row] = (uint32_t)kept;
    into->wire_lengths[row] = header->tp_len;
    into->times_us[row] = header->tp_sec * 1e6 + header->tp_nsec / 1e3;
    into->interface_indexes[row] = address->sll_ifindex;
    into->directions[row] = address->sll_pkttype == PACKET_OUTGOING;
    into->vlan_tags[row] = header->tp_status & TP_STATUS_VLAN_VALID ? (int32_t)header->hv1.tp_vlan_tci : -1;
    into->gso_sizes[row] = 0;
    if (r->segment_sizes && header->tp_mac >= header_bytes + sizeof(struct virtio_net_hdr)) {
      const uint8_t *virtio = block + frame - sizeof(struct virtio_net_hdr);
      memcpy(&into->gso_sizes[row], virtio + offsetof(struct virtio_net_hdr, gso_size), sizeof into->gso_sizes[row]);
    }
    used += kept;
    packet += header->tp_next_offset;
  }
  cursor[CURSOR_PACKET] = packet;
  cursor[CURSOR_LEFT] = left;
  return row;
}

static bool read_cursor(napi_env env, napi_value value, uint32_t **out) {
  napi_typedarray_type type;
  size_t length;
  if (napi_get_typedarray_info(env, value, &type, &length, (void **)out, NULL, NULL) == napi_ok && type == napi_uint32_array &&
      length >= CURSOR_WORDS) {
    return true;
  }
  napi_throw_type_error(env, NULL, "expected a Uint32Array of 3");
  return false;
}

/* begin(handle, block, cursor): the cursor stands at the block's first packet. */
static napi_value ring_begin(napi_env env, napi_callback_info info) {
  napi_value values[3];
  uint32_t *cursor;
  ring *r = open_ring(env, info, 3, values);
  struct tpacket_hdr_v1 *header = r == NULL ? NULL : block_header(env, r, values[1]);
  if (header == NULL || !read_cursor(env, values[2], &cursor)) return NULL;
  cursor[CURSOR_PACKET] = header->offset_to_first_pkt;
  cursor[CURSOR_LEFT] = header->num_pkts;
  return NULL;
}

/* fill(handle, block, cursor, bytes, ...columns): how many rows it filled; the cursor moves on. */
static napi_value ring_fill(napi_env env, napi_callback_info info) {
  napi_value values[4 + COLUMNS], result;
  uint32_t *cursor;
  rows into;
  ring *r = open_ring(env, info, 4 + COLUMNS, values);
  struct tpacket_hdr_v1 *header = r == NULL ? NULL : block_header(env, r, values[1]);
  if (header == NULL || !read_cursor(env, values[2], &cursor) || !read_rows(env, values + 3, &into)) return NULL;
  const uint8_t *block = (const uint8_t *)header - offsetof(struct tpacket_block_desc, hdr.bh1);
  napi_create_uint32(env, fill(r, block, cursor, &into), &result);
  return result;
}

/* release(handle, block): gives the block back to the kernel, after all reads of it. */
static napi_value ring_release(napi_env env, napi_callback_info info) {
  napi_value values[2];
  ring *r = open_ring(env, info, 2, values);
  struct tpacket_hdr_v1 *header = r == NULL ? NULL : block_header(env, r, values[1]);
  if (header != NULL) __atomic_store_n(&header->block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
  return NULL;
}

/* wait(handle, timeoutMs): blocks the calling thread until a block is ready, a signal comes or the time is over. */
static napi_value ring_wait(napi_env env, napi_callback_info info) {
  napi_value values[2];
  uint32_t timeout_ms;
  ring *r = open_ring(env, info, 2, values);
  if (r == NULL || !read_u32(env, values[1], &timeout_ms)) return NULL;
  struct pollfd ready = {.fd = r->fd, .events = POLLIN};
  if (poll(&ready, 1, timeout_ms > INT32_MAX ? INT32_MAX : (int)timeout_ms) < 0) {
    return errno == EINTR ? NULL : throw_system(env, "poll", errno);
  }
  if (ready.revents & POLLERR) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(r->fd, SOL_SOCKET, SO_ERROR, &error, &length); /* reading it clears it, or poll() would spin */
    if (error != 0) return throw_system(env, "poll", error);
  }
  return NULL;
}

/* attachFilter(handle, filter): replaces the filter at once; frames already in the ring stay. */
static napi_value ring_attach_filter(napi_env env, napi_callback_info info) {
  napi_value values[2];
  struct sock_fprog filter;
  ring *r = open_ring(env, info, 2, values);
  if (r == NULL || !read_filter(env, values[1], &filter)) return NULL;
  if (setsockopt(r->fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) < 0) {
    return throw_system(env, "SO_ATTACH_FILTER", errno);
  }
  return NULL;
}

/* statistics(handle, into): fills a Uint32Array(3) with packets, drops, freezes since the last call: reading resets. */
static napi_value ring_statistics(napi_env env, napi_callback_info info) {
  napi_value values[2];
  napi_typedarray_type type;
  size_t length;
  uint32_t *into;
  ring *r = open_ring(env, info, 2, values);
  if (r == NULL) return NULL;
  if (napi_get_typedarray_info(env, values[1], &type, &length, (void **)&into, NULL, NULL) != napi_ok ||
      type != napi_uint32_array || length < 3) {
    napi_throw_type_error(env, NULL, "expected a Uint32Array of 3");
    return NULL;
  }
  struct tpacket_stats_v3 stats;
  socklen_t bytes = sizeof stats;
  if (getsockopt(r->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &bytes) < 0) {
    return throw_system(env, "PACKET_STATISTICS", errno);
  }
  into[0] = stats.tp_packets;
  into[1] = stats.tp_drops;
  into[2] = stats.tp_freeze_q_cnt;
  return NULL;
}

/* close(handle). Again: nothing. */
static napi_value ring_close(napi_env env, napi_callback_info info) {
  napi_value values[1];
  ring *r = arguments(env, info, 1, values);
  if (r != NULL) close_ring(r);
  return NULL;
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"open", NULL, ring_open, NULL, NULL, NULL, napi_enumerable, NULL},
      {"ready", NULL, ring_ready, NULL, NULL, NULL, napi_enumerable, NULL},
      {"begin", NULL, ring_begin, NULL, NULL, NULL, napi_enumerable, NULL},
      {"fill", NULL, ring_fill, NULL, NULL, NULL, napi_enumerable, NULL},
      {"release", NULL, ring_release, NULL, NULL, NULL, napi_enumerable, NULL},
      {"wait", NULL, ring_wait, NULL, NULL, NULL, napi_enumerable, NULL},
      {"attachFilter", NULL, ring_attach_filter, NULL, NULL, NULL, napi_enumerable, NULL},
      {"statistics", NULL, ring_statistics, NULL, NULL, NULL, napi_enumerable, NULL},
      {"close", NULL, ring_close, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  if (napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions) != napi_ok) return NULL;
  return exports;
}
