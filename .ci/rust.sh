#!/usr/bin/env bash
# Rust for wasm32-unknown-unknown from Debian's packages, unpacked into a folder: nothing is installed into the system.
# With internet and rustup this is all that is needed instead: rustup target add wasm32-unknown-unknown.
# usage: .ci/rust.sh FOLDER    then: . FOLDER/env
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
[ ! -e "$folder/env" ] || exit 0
packages='rustc-web cargo-web libstd-rust-web-1.96 libstd-rust-web-dev rust-web-src libllvm22 libgit2-1.5 libhttp-parser2.9
  libmbedcrypto7 libmbedx509-1 libmbedtls14 lld-19 libllvm19'
mkdir -p "$folder/packages"
cd "$folder/packages"
# shellcheck disable=SC2086
apt-get download -qq $packages 2> /dev/null || { apt-get update -qq && apt-get download -qq $packages 2> /dev/null; }
for package in *.deb; do dpkg -x "$package" "$folder"; done
cd "$folder"
rm -r packages
cat > env <<EOF
export RUSTC=$folder/usr/bin/rustc CARGO=$folder/usr/bin/cargo
export LD_LIBRARY_PATH=$folder/usr/lib/x86_64-linux-gnu
export RUSTC_BOOTSTRAP=1 PLUTINO_CARGO_FLAGS=-Zbuild-std=std,panic_abort
export RUSTFLAGS="-C linker=$folder/usr/lib/llvm-19/bin/wasm-ld -C linker-flavor=wasm-ld --remap-path-prefix=$folder/usr/lib/rustlib/src/rust=/rust"
EOF
