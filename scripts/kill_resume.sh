#!/usr/bin/env bash
# Kill an audit (kill -9, with its processes) at a random moment, N times over, going on with --resume each time; the result must
# be the bytes of an unbroken run.   scripts/kill_resume.sh [N] [CASES]
set -euo pipefail
cd "$(dirname "$0")/.."
times="${1:-50}" cases="${2:-2000}"
dunlint="${DUNLINT_VENV:-.venv}/bin/dunlint"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$dunlint" simulate --cases "$cases" --seed 1 --no-text -o "$work/records" > "$work/log"
run() { "$dunlint" audit "$work/records" -o "$1" --rules cn,us --jobs 2 --rows 5000 -q "${@:2}" > "$work/log"; }
start=$(date +%s%N)
run "$work/whole" || [ $? -eq 1 ]
spent=$(( ($(date +%s%N) - start) / 1000000 ))
for ((n = 1; n <= times; n++)); do
  rm -rf "$work/out"
  setsid bash -c 'exec "$@"' _ "$dunlint" audit "$work/records" -o "$work/out" --rules cn,us --jobs 2 --rows 5000 -q > "$work/log" &
  child=$!
  sleep "$(python3 -c "import random; print(random.random() * $spent / 1000)")"
  kill -9 -- "-$child" 2> /dev/null || true
  wait "$child" 2> /dev/null || true
  run "$work/out" --resume || [ $? -eq 1 ]
  diff -r "$work/whole" "$work/out"
  echo "killed and gone on with: $n of $times"
done
