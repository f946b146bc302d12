#!/usr/bin/env bash
# Kill an audit (kill -9, with its processes) N times, each time at another moment, and go on with --resume; the result must be the
# bytes of an unbroken run. The moments are spread over the whole run: while it starts and reads, after each part, while the results
# are written aside, while they are moved into place.   scripts/kill_resume.sh [N] [CASES]
set -euo pipefail
cd "$(dirname "$0")/.."
times="${1:-50}" cases="${2:-200}"
dunlint="${DUNLINT_VENV:-.venv}/bin/dunlint"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$dunlint" simulate --cases "$cases" --seed 1 --no-text -o "$work/records" > "$work/log"
options=(--rules us-nv --jobs 2 --rows 1000 -q)
run() { "$dunlint" audit "$work/records" -o "$1" "${options[@]}" "${@:2}" > "$work/log"; }
run "$work/whole" || [ $? -eq 1 ]
parts="$work/out/.parts"
count() { find "$1" -maxdepth "$2" -name "$3" 2> /dev/null | wc -l || true; }
until_there() { while [ ! -e "$1" ] && kill -0 "$child" 2> /dev/null; do sleep 0.005; done; }
a_moment() { printf -v some '%d.%03d' $(($1 * RANDOM / 32768 / 1000)) $(($1 * RANDOM / 32768 % 1000)); sleep "$some"; }  # of so many ms
declare -A seen
for ((n = 1; n <= times; n++)); do
  rm -rf "$work/out"
  setsid bash -c 'exec "$@"' _ "$dunlint" audit "$work/records" -o "$work/out" "${options[@]}" > "$work/log" 2>&1 &
  child=$!
  case $((n % 5)) in
    0) a_moment 4000 ;;  # anywhere from the first line of the program on
    1) until_there "$parts/plan.json"; a_moment 3000 ;;  # while parts are made
    2) until_there "$parts/part-00000$((n / 5 % 7))"; a_moment 500 ;;  # behind a part
    3) until_there "$parts/out"; a_moment 60 ;;  # while the results are written aside
    4) until_there "$parts/out/manifest.json"; a_moment 8 ;;  # while they are moved into place
  esac
  kill -9 -- "-$child" 2> /dev/null || true
  wait "$child" 2> /dev/null || true
  state="$(count "$parts" 1 'part-??????') parts"
  [ -e "$parts/out" ] && state="all parts, results half aside"
  [ -e "$parts/out/manifest.json" ] && state="results whole aside"
  [ "$(count "$work/out" 1 '*.*')" -gt 1 ] && state="results half in place"
  [ -e "$work/out/manifest.json" ] && state="finished"
  seen[$state]=$((${seen[$state]:-0} + 1))
  run "$work/out" --resume || [ $? -eq 1 ]
  diff -r "$work/whole" "$work/out"
  echo "killed and gone on with: $n of $times ($state)"
done
for state in "${!seen[@]}"; do echo "${seen[$state]} × $state"; done | sort -rn
