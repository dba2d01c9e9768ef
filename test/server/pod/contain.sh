#!/bin/sh
# Runs a program as a container runtime does, in a mount namespace of its own (start this with `unshare --mount`):
#
#   contain.sh <root> <uid> <gid> <groups> <root: ro|rw> <new privileges: no|yes> [<from> <to> <ro|rw>]... -- <program> [<argument>]...
#
# Each <from> is seen at <to> below the root. A folder comes before what is mounted in it.
set -eu
root=$1 uid=$2 gid=$3 groups=$4 mode=$5 privileges=$6
shift 6

bind() {
  while [ "$1" != -- ]; do
    if [ -d "$1" ]; then
      mkdir -p "$root$2"
    elif [ ! -e "$root$2" ]; then
      mkdir -p "$(dirname "$root$2")"
      : >"$root$2"
    fi
    mount --bind "$1" "$root$2"
    shift 3
  done
}

# Last, so that the places for nested mounts can be made in folders that become read-only.
protect() {
  while [ "$1" != -- ]; do
    if [ "$3" = ro ]; then mount -o remount,bind,ro "$root$2"; fi
    shift 3
  done
}

mount --bind "$root" "$root"
mkdir -p "$root/proc"
mount -t proc proc "$root/proc"
bind "$@"
protect "$@"
if [ "$mode" = ro ]; then mount -o remount,bind,ro "$root"; fi
while [ "$1" != -- ]; do shift 3; done
shift

if [ "$privileges" = no ]; then
  exec setpriv --no-new-privs chroot --userspec="$uid:$gid" --groups="$groups" "$root" "$@"
fi
exec chroot --userspec="$uid:$gid" --groups="$groups" "$root" "$@"
