#!/bin/sh
# Runs a chain with its cutover and a failure, against `npm start` or `docker compose up`.
set -eu
GODWIT=${GODWIT:-http://127.0.0.1:8080} KEY=${KEY:-demo-key-for-the-sandbox-only}
call() { method=$1 path=$2; shift 2; curl -fsS -X "$method" "$GODWIT$path" -H "authorization: Bearer $KEY" -H 'content-type: application/json' "$@"; }
backup() { printf '{ "type": "object_storage", "bucket": "acme-backups", "keys": ["demo/%s"] }' "$1"; }
create() { call POST /migrations -d '{ "provider": "alibaba", "mode": "'"$1"'", "source": '"$(backup "$2")"',
  "target": { "instanceId": "rm-scratch-demo", "databases": [ { "name": "'"$3"'" } ] } }' | jq -r .id; }
until_state() { for _ in $(seq 120); do state=$(call GET "/migrations/$1" | jq -r .state); [ "$state" = "$2" ] && return; sleep 1; done; echo "$1 is $state"; exit 1; }

echo '1. A chain: a full backup and two log backups'
chain=$(create full_log orders_full.bak orders)
for log in orders_log1.trn orders_log2.trn; do call POST "/migrations/$chain/backups" -d '{ "type": "log", "source": '"$(backup $log)"' }' >/dev/null; done
until_state "$chain" awaiting_backup

echo '2. A failure: the file is damaged'
failure=$(create full sales_corrupt.bak sales)
until_state "$failure" failed
call GET "/migrations/$failure" | jq .error

echo '3. The cutover: the database is opened'
call POST "/migrations/$chain/cutover" >/dev/null
until_state "$chain" succeeded
call GET "/migrations/$chain" | jq '{ id, state, progress }'
echo "See $GODWIT/board"
