#!/usr/bin/env bash
# What is too long for CI: 10,000 random rulebooks and cases against the oracle, 500 damaged files a reader, a million fuzzed
# inputs a target, 10,000 tiny files, and benchmarks. Results go to docs/benchmarks.md and docs/security.md by hand, with their date.
set -euo pipefail
cd "$(dirname "$0")/.."
DUNLINT_ORACLE_EXAMPLES="${DUNLINT_ORACLE_EXAMPLES:-10000}" python3 dev.py test tests/test_oracle.py
DUNLINT_DAMAGE_EXAMPLES="${DUNLINT_DAMAGE_EXAMPLES:-500}" python3 dev.py test tests/records/readers/test_damage.py
nice -n 19 "${DUNLINT_VENV:-.venv}/bin/python" scripts/fuzz.py all --executions "${DUNLINT_FUZZ_INPUTS:-1000000}"
"${DUNLINT_VENV:-.venv}/bin/python" scripts/tiny_files.py 10000
"${DUNLINT_VENV:-.venv}/bin/python" benchmarks/engines.py
"${DUNLINT_VENV:-.venv}/bin/python" benchmarks/language.py
"${DUNLINT_VENV:-.venv}/bin/python" benchmarks/readers.py

# Python 3.13 installs without durable_rules and decides with CLIPS.
if newer=$(ls "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13*/bin/python3.13 2>/dev/null | tail -n 1) && [ -n "$newer" ]; then
  "$newer" -m venv .cache/venv-313
  .cache/venv-313/bin/pip install --quiet .
  .cache/venv-313/bin/dunlint check corpus/cases/huabei-overdue --quiet || [ $? -eq 1 ]
else
  echo "skipped: no Python 3.13 here"
fi
