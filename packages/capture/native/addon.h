/* What the addons have in common: errors of system calls, and arguments. */
#ifndef HOPLINE_ADDON_H
#define HOPLINE_ADDON_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <node_api.h>

/* Throws an Error with `errno` and `syscall`. Returns NULL, for the caller to return. */
static inline napi_value throw_system(napi_env env, const char *syscall, int error) {
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

/* False with an exception pending where it is none. */
static inline bool read_u32(napi_env env, napi_value value, uint32_t *out) {
  if (napi_get_value_uint32(env, value, out) == napi_ok) return true;
  napi_throw_type_error(env, NULL, "expected an unsigned integer");
  return false;
}

#endif
