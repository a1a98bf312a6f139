#!/usr/bin/env bash
# Installs the Debian packages that Overt's tests lean on, and only those that are missing: a browser, ffmpeg as the
# judge of our video, an RTSP server that nobody here wrote, and a few tools. Overt itself needs none of them.
set -euo pipefail

packages=(
  chromium ffmpeg p7zip-full poppler-utils strace
  python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-rtsp
  gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad
)

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "Overt's tests need Debian (or Ubuntu) for these packages: ${packages[*]}" >&2
  echo "Run them in a Debian container, or install the same programs yourself and set OVERT_TEST_NO_APT=1." >&2
  [ "${OVERT_TEST_NO_APT:-}" = 1 ] && exit 0
  exit 1
fi

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  [ "$state" = 'install ok installed' ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "${OVERT_TEST_NO_APT:-}" = 1 ]; then
  echo "Missing, and left alone because OVERT_TEST_NO_APT=1: ${missing[*]}" >&2
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
  elif command -v sudo >/dev/null && [ -t 0 ]; then
    as_root=(sudo)
  else
    echo "The tests need Debian packages that are missing here, and this user may not install them." >&2
    echo "Ask an administrator to run:  apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
fi

echo "Installing Debian packages for the tests: ${missing[*]}"
install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=120 "${missing[@]}" >/dev/null
}
# The list of packages may be old or absent; it is only fetched when the first try fails.
if ! install 2>/dev/null; then
  "${as_root[@]}" apt-get update -q -o DPkg::Lock::Timeout=120 >/dev/null
  install
fi
