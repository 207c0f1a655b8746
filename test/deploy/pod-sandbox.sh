#!/bin/sh
# Gives a command the file system that its pod would have, as far as it matters: its token, a writable /var/lib, names
# of Services. Private to this process, by its own mount namespace.
#   pod-sandbox.sh FOLDER COMMAND ...     FOLDER holds secrets/, var-lib/ and hosts
set -eu
folder=$1
shift
mount --make-rprivate /
mount --bind "$folder/hosts" /etc/hosts
mount --bind "$folder/var-lib" /var/lib
mount --bind "$folder/run" /run
exec "$@"
