#!/usr/bin/env bash
# What is too long for CI: 10,000 random rulebooks and cases against the oracle, and the engine and language benchmarks.
# Results go to docs/benchmarks.md by hand, with their date.
set -euo pipefail
cd "$(dirname "$0")/.."
DUNLINT_ORACLE_EXAMPLES="${DUNLINT_ORACLE_EXAMPLES:-10000}" python3 dev.py test tests/test_oracle.py
"${DUNLINT_VENV:-.venv}/bin/python" benchmarks/engines.py
"${DUNLINT_VENV:-.venv}/bin/python" benchmarks/language.py
