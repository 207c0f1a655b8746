/*
 * The kernel's packet ring (AF_PACKET, TPACKET_V3; packet(7), Documentation/networking/packet_mmap.rst) for Node.js.
 *
 * Only what JavaScript cannot do is here: system calls, and the acquire and release of blocks. Walking the blocks
 * is TypeScript (src/ring), in place, through an ArrayBuffer over the mapping. Every call is made on one thread.
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

#include <node_api.h>

/* src/ring/ring-layout.ts reads these structures by offset: the build fails where they differ. */
#define LAYOUT(type, field, offset) \
  _Static_assert(offsetof(struct type, field) == (offset), #type "." #field " moved: change ring-layout.ts too")
LAYOUT(tpacket_block_desc, hdr.bh1.num_pkts, 12);
LAYOUT(tpacket_block_desc, hdr.bh1.offset_to_first_pkt, 16);
LAYOUT(tpacket3_hdr, tp_next_offset, 0);
LAYOUT(tpacket3_hdr, tp_sec, 4);
LAYOUT(tpacket3_hdr, tp_nsec, 8);
LAYOUT(tpacket3_hdr, tp_snaplen, 12);
LAYOUT(tpacket3_hdr, tp_len, 16);
LAYOUT(tpacket3_hdr, tp_status, 20);
LAYOUT(tpacket3_hdr, tp_mac, 24);
LAYOUT(tpacket3_hdr, hv1.tp_vlan_tci, 32);
_Static_assert(TPACKET_ALIGN(sizeof(struct tpacket3_hdr)) == 48, "sockaddr_ll moved: change ring-layout.ts too");
LAYOUT(sockaddr_ll, sll_ifindex, 4);
LAYOUT(sockaddr_ll, sll_hatype, 8);
LAYOUT(sockaddr_ll, sll_pkttype, 10);
LAYOUT(virtio_net_hdr, gso_size, 4);
_Static_assert(sizeof(struct virtio_net_hdr) == 10, "virtio_net_hdr grew: change ring-layout.ts too");

typedef struct {
  int fd;
  uint8_t *map; /* NULL once closed */
  size_t map_bytes;
  uint32_t block_bytes;
  uint32_t block_count;
  napi_ref memory; /* the ArrayBuffer over the mapping; weak */
  int owners;      /* finalizers still to run: the handle's and the ArrayBuffer's */
} ring;

static napi_value throw_system(napi_env env, const char *syscall, int error) {
  napi_value message, thrown, value;
  napi_create_string_utf8(env, strerror(error), NAPI_AUTO_LENGTH, &message);
  napi_create_error(env, NULL, message, &thrown);
  napi_create_string_utf8(env, syscall, NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, thrown, "syscall", value);
  napi_create_int32(env, error, &value);
  napi_set_named_property(env, thrown, "errno", value);
  napi_throw(env, thrown);
  return NULL;
}

static void unmap(ring *r) {
  if (r->map != NULL) munmap(r->map, r->map_bytes);
  r->map = NULL;
}

static void close_socket(ring *r) {
  if (r->fd >= 0) close(r->fd);
  r->fd = -1;
}

static void disown(ring *r) {
  if (--r->owners > 0) return;
  close_socket(r);
  free(r);
}

/* The mapping may go only when neither close() nor any view can reach it: with its ArrayBuffer. */
static void memory_finalized(napi_env env, void *data, void *hint) {
  (void)env, (void)data;
  ring *r = hint;
  unmap(r);
  disown(r);
}

/* The handle was forgotten without close(), or its worker thread ended. */
static void handle_finalized(napi_env env, void *data, void *hint) {
  (void)hint;
  ring *r = data;
  close_socket(r);
  if (r->memory != NULL) napi_delete_reference(env, r->memory);
  r->memory = NULL;
  disown(r);
}

static bool read_u32(napi_env env, napi_value value, uint32_t *out) {
  if (napi_get_value_uint32(env, value, out) == napi_ok) return true;
  napi_throw_type_error(env, NULL, "expected an unsigned integer");
  return false;
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
static const char *set_up(ring *r, uint32_t retire_ms, const struct sock_fprog *filter, bool segment_sizes) {
  r->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (r->fd < 0) return "socket";

  int version = TPACKET_V3;
  if (setsockopt(r->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0) return "PACKET_VERSION";
  if (setsockopt(r->fd, SOL_SOCKET, SO_ATTACH_FILTER, filter, sizeof *filter) < 0) return "SO_ATTACH_FILTER";

  /* Before the ring: each frame is then preceded by a struct virtio_net_hdr. */
  int vnet = 1;
  if (segment_sizes && setsockopt(r->fd, SOL_PACKET, PACKET_VNET_HDR, &vnet, sizeof vnet) < 0) return "PACKET_VNET_HDR";

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

  /* All interfaces. PACKET_IGNORE_OUTGOING stays off: what leaves by an interface is half of what it carries. */
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = 0};
  if (bind(r->fd, (const struct sockaddr *)&address, sizeof address) < 0) return "bind";
  return NULL;
}

/* open(blockBytes, blockCount, retireMs, filter, segmentSizes): { handle, memory } */
static napi_value ring_open(napi_env env, napi_callback_info info) {
  size_t given = 5;
  napi_value values[5], handle, memory, result;
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

  const char *failed = set_up(r, retire_ms, &filter, segment_sizes);
  if (failed != NULL) {
    const int error = errno;
    unmap(r);
    close_socket(r);
    free(r);
    return throw_system(env, failed, error);
  }

  if (napi_create_external_arraybuffer(env, r->map, r->map_bytes, memory_finalized, r, &memory) != napi_ok) {
    unmap(r);
    close_socket(r);
    free(r);
    return throw_system(env, "napi_create_external_arraybuffer", ENOTSUP);
  }
  r->owners = 1;
  if (napi_create_external(env, r, handle_finalized, NULL, &handle) == napi_ok) r->owners = 2;
  if (r->owners < 2 || napi_create_reference(env, memory, 0, &r->memory) != napi_ok ||
      napi_create_object(env, &result) != napi_ok) {
    return throw_system(env, "napi", ENOMEM); /* the finalizers free what was made */
  }
  napi_set_named_property(env, result, "handle", handle);
  napi_set_named_property(env, result, "memory", memory);
  return result;
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

/* close(handle): detaches the ArrayBuffer first, so that no view reaches unmapped memory. Again: nothing. */
static napi_value ring_close(napi_env env, napi_callback_info info) {
  napi_value values[1], memory = NULL;
  ring *r = arguments(env, info, 1, values);
  if (r == NULL || r->map == NULL) return NULL;
  close_socket(r);
  napi_get_reference_value(env, r->memory, &memory);
  if (memory != NULL && napi_detach_arraybuffer(env, memory) != napi_ok) {
    return throw_system(env, "napi_detach_arraybuffer", EBUSY); /* then its finalizer unmaps */
  }
  unmap(r);
  return NULL;
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"open", NULL, ring_open, NULL, NULL, NULL, napi_enumerable, NULL},
      {"ready", NULL, ring_ready, NULL, NULL, NULL, napi_enumerable, NULL},
      {"release", NULL, ring_release, NULL, NULL, NULL, napi_enumerable, NULL},
      {"wait", NULL, ring_wait, NULL, NULL, NULL, napi_enumerable, NULL},
      {"attachFilter", NULL, ring_attach_filter, NULL, NULL, NULL, napi_enumerable, NULL},
      {"statistics", NULL, ring_statistics, NULL, NULL, NULL, napi_enumerable, NULL},
      {"close", NULL, ring_close, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  if (napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions) != napi_ok) return NULL;
  return exports;
}
