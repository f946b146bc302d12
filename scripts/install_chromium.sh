#!/usr/bin/env bash
# The browser of the HTML report tests, and a font with Chinese characters: where apt-get is there and we are root.
# Anywhere else nothing happens, and those tests say that they were skipped.
set -euo pipefail
command -v chromium >/dev/null && exit 0
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  echo "no apt-get as root here: tests in a browser will be skipped" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null
