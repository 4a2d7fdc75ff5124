#!/usr/bin/env bash
# The README's two commands on a copy of the committed tree: an empty home, no service, no variable of ours.
set -euo pipefail
cd "$(dirname "$0")/.."
copy=$(mktemp -d /tmp/plutino-newcomer.XXXXXX)
home=$(mktemp -d /tmp/plutino-home.XXXXXX)
trap 'rm -rf "$copy" "$home"' EXIT
git archive HEAD | tar -x -C "$copy"
cd "$copy"

# A command, not a function: what runs in the background is npm itself, which a signal must reach.
clean=(env -u CI)
for variable in $(compgen -e PLUTINO_); do clean+=(-u "$variable"); done
clean+=(HOME="$home")

"${clean[@]}" npm ci --no-audit --no-fund
# A port that is free: the machine may run a server of its own.
"${clean[@]}" npm start -- --port 19081 --broker 11883 > "$home/server.log" 2>&1 &
starter=$!
for _ in $(seq 1 300); do
  curl -sf http://127.0.0.1:19081/ping > /dev/null && break
  sleep 0.1
done
for _ in $(seq 1 100); do
  rows=$(curl -sf http://127.0.0.1:19081/rules/demo_mysql/status | grep -o '"sink_mysql_1_0_records_out_total": *[0-9]*' | grep -o '[0-9]*$' || true)
  [ "${rows:-0}" -gt 0 ] && break
  sleep 0.2
done
if [ "${rows:-0}" -eq 0 ]; then
  echo 'the demo wrote no row into its table' >&2
  cat "$home/server.log" >&2
  exit 1
fi
# Ctrl-C reaches the server itself: it is the newest process of the ones that npm started.
kill -INT "$(pgrep -n -f 'src/plutino.js server --port 19081')"
begin=$SECONDS
wait "$starter" || true
while curl -sf http://127.0.0.1:19081/ping > /dev/null; do
  [ $((SECONDS - begin)) -le 3 ] || { echo 'the server took more than 3 s to stop' >&2; exit 1; }
  sleep 0.1
done
echo "the demo wrote $rows rows and stopped at once"

# The tests that look for services, which find none here; all others ask for nothing that has been there.
"${clean[@]}" npx vitest related --run --config test/vitest.config.ts test/support/services.ts
