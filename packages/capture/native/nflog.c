/*
 * What firewall rules log by NFLOG (linux/netfilter/nfnetlink_log.h) for Node.js.
 *
 * Only what JavaScript cannot do is here: a netlink socket, one for each group. Reading the messages is TypeScript
 * (src/nflog). No call waits, but for the kernel's answer when a group is bound.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>

#include "addon.h"

/* Seconds that the kernel may take to answer: it does so within the call that asks. */
#define ANSWER_SECONDS 1

typedef struct {
  int fd; /* -1 once closed */
} group_socket;

static void close_socket(group_socket *s) {
  if (s->fd >= 0) close(s->fd);
  s->fd = -1;
}

static void handle_finalized(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  close_socket(data);
  free(data);
}

static void add_attribute(struct nlmsghdr *message, uint16_t type, const void *value, uint16_t bytes) {
  struct nlattr *attribute = (struct nlattr *)((uint8_t *)message + NLMSG_ALIGN(message->nlmsg_len));
  attribute->nla_type = type;
  attribute->nla_len = NLA_HDRLEN + bytes;
  memcpy((uint8_t *)attribute + NLA_HDRLEN, value, bytes);
  message->nlmsg_len = NLMSG_ALIGN(message->nlmsg_len) + NLA_ALIGN(attribute->nla_len);
}

/* Waits for the kernel's answer; packets that come before it are lost. Returns 0, or a negative errno. */
static int read_answer(int fd, uint32_t sequence) {
  /* The largest message that the kernel makes for a group (NFULNL_NLBUFSIZ_DEFAULT) fits. */
  _Alignas(struct nlmsghdr) char buffer[65536];
  for (;;) {
    ssize_t bytes = recv(fd, buffer, sizeof buffer, 0);
    if (bytes < 0) {
      if (errno == EINTR || errno == ENOBUFS) continue;
      return -errno;
    }
    size_t left = (size_t)bytes;
    for (struct nlmsghdr *message = (struct nlmsghdr *)buffer; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
      if (message->nlmsg_type != NLMSG_ERROR || message->nlmsg_seq != sequence) continue;
      return ((struct nlmsgerr *)NLMSG_DATA(message))->error;
    }
  }
}

/* Binds the group, and says how much of each packet, how soon and with what beside it. Returns 0, or a negative errno. */
static int bind_group(int fd, uint32_t group, uint32_t copy_bytes, uint32_t delay_centiseconds, uint32_t packets, uint32_t flags) {
  static const uint32_t sequence = 1;
  _Alignas(struct nlmsghdr) char buffer[256] = {0};
  struct nlmsghdr *message = (struct nlmsghdr *)buffer;
  message->nlmsg_len = NLMSG_LENGTH(sizeof(struct nfgenmsg));
  message->nlmsg_type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  message->nlmsg_seq = sequence;
  struct nfgenmsg *header = NLMSG_DATA(message);
  header->nfgen_family = AF_UNSPEC;
  header->version = NFNETLINK_V0;
  header->res_id = htons((uint16_t)group);

  struct nfulnl_msg_config_cmd command = {.command = NFULNL_CFG_CMD_BIND};
  struct nfulnl_msg_config_mode mode = {.copy_mode = NFULNL_COPY_PACKET, .copy_range = htonl(copy_bytes)};
  uint32_t delay = htonl(delay_centiseconds), threshold = htonl(packets);
  uint16_t wanted = htons((uint16_t)flags);
  add_attribute(message, NFULA_CFG_CMD, &command, sizeof command);
  add_attribute(message, NFULA_CFG_MODE, &mode, sizeof mode);
  add_attribute(message, NFULA_CFG_TIMEOUT, &delay, sizeof delay);
  add_attribute(message, NFULA_CFG_QTHRESH, &threshold, sizeof threshold);
  add_attribute(message, NFULA_CFG_FLAGS, &wanted, sizeof wanted);

  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  if (sendto(fd, message, message->nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof kernel) < 0) return -errno;
  return read_answer(fd, sequence);
}

/* Returns the failed call's name, with errno. */
static const char *set_up(group_socket *s, uint32_t buffer_bytes, const uint32_t options[5]) {
  s->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
  if (s->fd < 0) return "socket";
  /* Beyond net.core.rmem_max where the capability allows it, up to it where not. */
  int bytes = (int)buffer_bytes;
  if (setsockopt(s->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0 &&
      setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) < 0) {
    return "SO_RCVBUF";
  }
  struct timeval patience = {.tv_sec = ANSWER_SECONDS};
  if (setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0) return "SO_RCVTIMEO";
  struct sockaddr_nl own = {.nl_family = AF_NETLINK};
  if (bind(s->fd, (struct sockaddr *)&own, sizeof own) < 0) return "bind";
  int answer = bind_group(s->fd, options[0], options[1], options[2], options[3], options[4]);
  if (answer < 0) {
    errno = -answer;
    return "NFULNL_CFG_CMD_BIND";
  }
  return NULL;
}

/* open(bufferBytes, group, copyBytes, delayCentiseconds, packets, flags): handle */
static napi_value nflog_open(napi_env env, napi_callback_info info) {
  size_t given = 6;
  napi_value values[6], handle;
  uint32_t buffer_bytes, options[5];
  napi_get_cb_info(env, info, &given, values, NULL, NULL);
  if (!read_u32(env, values[0], &buffer_bytes)) return NULL;
  for (int i = 0; i < 5; i++) {
    if (!read_u32(env, values[i + 1], &options[i])) return NULL;
  }
  group_socket *s = calloc(1, sizeof *s);
  if (s == NULL) return throw_system(env, "calloc", ENOMEM);
  s->fd = -1;
  const char *failed = set_up(s, buffer_bytes, options);
  if (failed != NULL) {
    const int error = errno;
    close_socket(s);
    free(s);
    return throw_system(env, failed, error);
  }
  if (napi_create_external(env, s, handle_finalized, NULL, &handle) != napi_ok) {
    close_socket(s);
    free(s);
    return throw_system(env, "napi_create_external", ENOMEM);
  }
  return handle;
}

/* The socket behind argument 0, or NULL with an exception pending. */
static group_socket *arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values) {
  size_t given = count;
  void *data = NULL;
  if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok || given < count ||
      napi_get_value_external(env, values[0], &data) != napi_ok) {
    napi_throw_type_error(env, NULL, "expected a socket and its arguments");
    return NULL;
  }
  return data;
}

/* read(handle, into): bytes of the next netlink datagram, 0 where none waits, -1 where the kernel had to drop some. */
static napi_value nflog_read(napi_env env, napi_callback_info info) {
  napi_value values[2], result;
  napi_typedarray_type type;
  size_t length;
  void *into;
  group_socket *s = arguments(env, info, 2, values);
  if (s == NULL) return NULL;
  if (s->fd < 0) return throw_system(env, "read", EBADF);
  if (napi_get_typedarray_info(env, values[1], &type, &length, &into, NULL, NULL) != napi_ok ||
      type != napi_uint8_array) {
    napi_throw_type_error(env, NULL, "expected a Uint8Array");
    return NULL;
  }
  int32_t answer = 0;
  for (;;) {
    struct sockaddr_nl sender = {0};
    socklen_t sender_bytes = sizeof sender;
    ssize_t bytes = recvfrom(s->fd, into, length, MSG_DONTWAIT, (struct sockaddr *)&sender, &sender_bytes);
    if (bytes >= 0) {
      if (sender.nl_pid != 0) continue; /* another process's, not the kernel's */
      answer = (int32_t)bytes;
      break;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) break;
    if (errno == ENOBUFS) {
      answer = -1;
      break;
    }
    return throw_system(env, "recvfrom", errno);
  }
  napi_create_int32(env, answer, &result);
  return result;
}

/* close(handle): the kernel unbinds the group. Again: nothing. */
static napi_value nflog_close(napi_env env, napi_callback_info info) {
  napi_value values[1];
  group_socket *s = arguments(env, info, 1, values);
  if (s != NULL) close_socket(s);
  return NULL;
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"open", NULL, nflog_open, NULL, NULL, NULL, napi_enumerable, NULL},
      {"read", NULL, nflog_read, NULL, NULL, NULL, napi_enumerable, NULL},
      {"close", NULL, nflog_close, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  if (napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions) != napi_ok) return NULL;
  return exports;
}
