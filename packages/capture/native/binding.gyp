{
  "targets": [
    {
      "target_name": "ring",
      "sources": ["ring.c"],
      "cflags": ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror=implicit-function-declaration"]
    }
  ]
}
