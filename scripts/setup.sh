#!/usr/bin/env bash
# Prepares this clone: the system's packages, then .venv with Python's. Does only what is not done yet, and says what it does.
#
#   scripts/setup.sh demo    what `make demo` needs
#   scripts/setup.sh test    that, and what `make test` and `make check` need
#
# PYTHON names another interpreter (3.11 or newer). Packages are found by what they bring, so that other systems than Debian pass too.
set -euo pipefail
cd "$(dirname "$0")/.."

profile=${1:-}
case $profile in
  demo) extras=all ;;
  test) extras=all,test,check ;;
  *) echo "usage: scripts/setup.sh demo|test" >&2; exit 2 ;;
esac
python=${PYTHON:-python3}
log=.venv/setup.log

say() { printf '%s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# --- what the system lacks, by Debian's names ---

has_program() { command -v "$1" >/dev/null; }
has_library() { "$python" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1" 2>/dev/null; }
has_venv() { [ -x .venv/bin/pip ] || "$python" -c 'import ensurepip, venv' 2>/dev/null; }
has_postgres() { has_program initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
has_nginx() { has_program nginx || [ -x /usr/sbin/nginx ]; }
has_font() {
  local places=(/usr/share/fonts /usr/local/share/fonts "$HOME/.fonts" "$HOME/.local/share/fonts")
  [ -n "$(find "${places[@]}" -iname "$1*" -print -quit 2>/dev/null)" ]
}

# Without these nothing runs.
lacking_required() {
  has_venv || say python3-venv
  [ "$profile" = test ] || return 0
  has_program chromium || say chromium
  lacking_for_walls
  has_program pdftotext || say poppler-utils
  has_postgres || say postgresql
  has_nginx || say nginx-light
  [ "$(uname -s)" != Linux ] || has_library libatomic.so.1 || say libatomic1 # Playwright's driver is linked to it
  lacking_for_print
}

# Without these the demo runs, but prints no PDF or prints it in faces that do not fit. DejaVu has the signs that Liberation lacks.
lacking_for_print() {
  [ "$(uname -s)" = Linux ] || return 0
  has_library libpango-1.0.so.0 || say libpango-1.0-0
  has_library libpangoft2-1.0.so.0 || say libpangoft2-1.0-0
  has_library libharfbuzz-subset.so.0 || say libharfbuzz-subset0
  has_font LiberationSans-Regular || say fonts-liberation
  has_font DejaVuSans. || say fonts-dejavu-core
}

# Without it apps are isolated less strongly, and the hub says so.
lacking_for_walls() {
  [ "$(uname -s)" = Linux ] || return 0
  has_program bwrap || say bubblewrap
}

lacking() { { lacking_required; lacking_for_print; lacking_for_walls; } | sort -u | paste -sd ' ' -; }

# --- installing it where that is allowed ---

as_root=()
may_install() {
  has_program apt-get || return 1
  [ "$(id -u)" = 0 ] && return 0
  has_program sudo && sudo -n true 2>/dev/null && as_root=(sudo)
}

root() { ${as_root[@]+"${as_root[@]}"} "$@"; }
apt() { root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"; }

# Debian's postgresql starts a server of its own on port 5432 when it is installed. Tests only want its programs.
without_own_cluster() {
  local drop_in=/etc/postgresql-common/createcluster.d/vitrina-setup.conf status=0
  root sh -c "mkdir -p ${drop_in%/*} && echo 'create_main_cluster = false' > $drop_in"
  "$@" || status=$?
  root rm -f "$drop_in"
  return "$status"
}

# Nor is a web server wanted that listens on port 80, now or when the machine starts.
without_own_web_server() {
  local policy=/usr/sbin/policy-rc.d status=0 is_ours=
  if [ ! -e "$policy" ] && ! has_nginx; then
    is_ours=yes
    root sh -c "printf '#!/bin/sh\nexit 101\n' > $policy && chmod 755 $policy"
  fi
  "$@" || status=$?
  [ -z "$is_ours" ] || root rm -f "$policy"
  [ -z "$is_ours" ] || ! has_program systemctl || root systemctl disable --quiet nginx >/dev/null 2>&1 || true
  return "$status"
}

install_packages() {
  local output
  say "Installing Debian packages: $*"
  # A list that cannot be fetched (some other source of this machine) need not stop the installation.
  if ! output=$(apt update 2>&1; without_own_web_server without_own_cluster apt install -y --no-install-recommends "$@" 2>&1); then
    printf '%s\n' "$output" | tail -n 12 >&2
    fail "apt-get could not install them (its last lines are above). Put that right, then run the same command again."
  fi
}

prepare_system() {
  local packages
  packages=$(lacking)
  [ -n "$packages" ] || return 0
  if may_install; then
    # shellcheck disable=SC2086 # a list of names
    install_packages $packages
  fi
  packages=$(lacking)
  [ -z "$(lacking_required)" ] || fail "packages are missing that this account may not install. As root: apt-get install -y $packages"
  [ -z "$packages" ] || say "Note: packages are missing that this account may not install; all else works. Without bubblewrap apps are isolated less strongly, without the others there are no PDFs. As root: apt-get install -y $packages"
}

# --- .venv ---

# What decides about the installed libraries: this folder (a moved .venv does not run) and what pyproject.toml asks for.
fingerprint() {
  "$python" - "$(pwd -P)" <<'PY'
import hashlib, sys, tomllib
with open("pyproject.toml", "rb") as file:
    settings = tomllib.load(file)
asked = [settings["build-system"], settings["project"], settings.get("tool", {}).get("setuptools")]
print(hashlib.sha256(repr((sys.argv[1], asked)).encode()).hexdigest())
PY
}

is_done() {
  local stamp
  for stamp in test "$profile"; do
    [ "$(cat ".venv/.setup-$stamp" 2>/dev/null)" = "$1" ] && .venv/bin/python -c '' 2>/dev/null && return 0
  done
  return 1
}

prepare_venv() {
  if [ -e .venv/bin/python ] && [ "$(cat .venv/.setup-folder 2>/dev/null || pwd -P)" = "$(pwd -P)" ] && .venv/bin/python -m pip --version >/dev/null 2>&1; then
    return 0
  fi
  [ ! -e .venv ] || say "The .venv here does not run in this folder: making it anew."
  rm -rf .venv
  "$python" -m venv .venv || fail "$python could not make a virtual environment in .venv (its words are above)."
  pwd -P > .venv/.setup-folder
}

install_libraries() {
  say "Installing Python libraries into .venv (about 1.5 GB; the first time takes some minutes) …"
  SECONDS=0
  if ! .venv/bin/python -m pip install --disable-pip-version-check --no-input --progress-bar off -e ".[$extras]" >"$log" 2>&1; then
    grep -E '^ *(ERROR|error)' "$log" | tail -n 8 >&2 || tail -n 8 "$log" >&2
    fail "pip could not install the libraries (all it said: $log). Check the network and the space on this disk, then run the same command again."
  fi
  say "Installed in $SECONDS s."
}

prepare_libraries() {
  local print
  print=$(fingerprint)
  is_done "$print" && return 0
  prepare_venv
  rm -f .venv/.setup-demo .venv/.setup-test
  install_libraries
  printf '%s\n' "$print" > ".venv/.setup-$profile"
}

has_program "$python" || fail "$python was not found. Install Python 3.11 or newer, or name it: PYTHON=python3.12 make $profile"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "$("$python" --version) is too old: Vitrina needs Python 3.11 or newer. Name another: PYTHON=python3.12 make $profile"
if has_program flock; then
  exec 9<"$0"
  flock -n 9 || { say "Waiting for another set-up of this folder to end …"; flock 9; }
fi
prepare_system
prepare_libraries
