#!/bin/sh
# Prints the path of a Node that loads the uWebSockets.js binary, which needs glibc 2.38 (Debian 13, Ubuntu 24.04).
# Where the system's glibc is older, Debian 13's C libraries are unpacked into a folder of their own and a copy of
# Node is linked against them; the system itself is not changed. Usage: prepare.sh <cache folder>
set -eu

cache=${1:?usage: prepare.sh <cache folder>}
root=$(cd "$(dirname "$0")/../../.." && pwd)
node=$("$root/node_modules/.bin/node" -p process.execPath)
loads() { (cd "$root" && "$1" -e 'require("uWebSockets.js")') >/dev/null 2>&1; }

if loads "$node"; then echo "$node"; exit 0; fi

mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
# The version in the name makes an upgraded Node build a new copy.
patched="$cache/node-$("$node" -p process.versions.node)"
if [ -x "$patched" ] && loads "$patched"; then echo "$patched"; exit 0; fi

say() { echo "prepare.sh: $*" >&2; }
for tool in apt-get dpkg-deb patchelf; do
  command -v "$tool" >/dev/null || { say "needs $tool (Debian or Ubuntu)"; exit 1; }
done

apt="$cache/apt"
mkdir -p "$apt/lists/partial" "$apt/archives/partial"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
echo "deb [signed-by=$keyring] $mirror trixie main" >"$apt/sources.list"
options="-o Dir::Etc::sourcelist=$apt/sources.list -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists=$apt/lists
  -o Dir::Cache::archives=$apt/archives -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root"
say "downloading Debian 13's C libraries"
# shellcheck disable=SC2086 # the options are words
apt-get $options update >&2
# shellcheck disable=SC2086
(cd "$apt/archives" && apt-get $options download libc6 libgcc-s1 libstdc++6 >&2)

unpacked="$cache/unpacked"
for package in "$apt"/archives/*.deb; do dpkg-deb -x "$package" "$unpacked"; done
lib="$cache/lib"
mkdir -p "$lib"
find "$unpacked" -name '*.so*' -path '*linux-gnu*' -exec cp -P {} "$lib" \;
loader=$(find "$unpacked" -name 'ld-linux-*.so.*' | head -n 1)
cp -L "$loader" "$lib/"

cp "$node" "$patched"
patchelf --set-interpreter "$lib/$(basename "$loader")" --set-rpath "$lib" "$patched"
loads "$patched" || { say "the patched Node does not load uWebSockets.js"; exit 1; }
echo "$patched"
