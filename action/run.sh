#!/usr/bin/env bash
# Runs spof-deps for action.yml. Every input comes as INPUT_* in the environment and goes on as an argument of a command:
# nothing is evaluated. Ends with the exit code of spof-deps, after the outputs and the job summary are written.
# For bash 3.2 (macOS) and later.
set -euo pipefail
# The runner takes commands from both streams; as one they keep their order, which stop-commands needs.
exec 2>&1
unset CDPATH

readonly USAGE=2
# The runner drops a larger summary: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
readonly MOST_SUMMARY_BYTES=$((1024 * 1024))
# shellcheck disable=SC2016 # Markdown
readonly CUT_NOTE='> **This summary is cut**: the report is larger than GitHub shows. The action writes the whole one with its `html`, `markdown` or `json` input.'

random() {
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

# output NAME VALUE: a heredoc whose end no value can know.
output() {
  printf '%s<<%s\n%s\n%s\n' "$1" "$end" "$2" "$end" >>"${GITHUB_OUTPUT:-/dev/null}"
}

# fail MESSAGE: for what is wrong before spof-deps runs; only texts of this file, so that nothing needs escaping.
fail() {
  output exit-code "$USAGE"
  printf '::error title=spof-deps::%s\n' "$1"
  exit "$USAGE"
}

# is_on INPUT VALUE DEFAULT
is_on() {
  case "${2:-$3}" in
    true) return 0 ;;
    false) return 1 ;;
    *) fail "the input $1 is true or false" ;;
  esac
}

# split TEXT: sets `entries` to the lines of a text that hold something, without the blanks around them.
split() {
  local line
  entries=()
  while IFS= read -r line; do
    line=${line#"${line%%[![:space:]]*}"}
    line=${line%"${line##*[![:space:]]}"}
    if [ -n "$line" ]; then entries+=("$line"); fi
  done <<<"$1"
}

# option NAME VALUE: in one word, so that no value is taken for an option of its own.
option() {
  if [ -n "$2" ]; then arguments+=("--$1=$2"); fi
}

# options NAME TEXT: one for each line or comma.
options() {
  local entry
  split "${2//,/$newline}"
  for entry in ${entries[@]+"${entries[@]}"}; do option "$1" "$entry"; done
}

# report INPUT FILE EXTENSION: has a report written beside, to be put in place by `publish`; so a baseline may have its name.
report() {
  if [ -z "$2" ]; then return 0; fi
  case "$2" in
    *"$3") ;;
    *) fail "the input $1 is a file that ends in $3" ;;
  esac
  if [ -d "$2" ]; then fail "the input $1 is a directory"; fi
  option out "$scratch/report$3"
}

# publish INPUT FILE EXTENSION: puts a report in place and its absolute path into the output of that name.
publish() {
  local made=$scratch/report$3 path=''
  if [ -n "$2" ]; then
    absolute "$2"
    # What the repository holds under this name is no report of this run, and may be a link to anywhere.
    rm -f -- "$path"
    if [ ! -f "$made" ]; then
      path=''
    elif ! { mkdir -p -- "${path%/*}" && mv -- "$made" "$path"; }; then
      fail "the file of the input $1 cannot be written"
    fi
  fi
  output "$1" "$path"
}

# absolute FILE: sets `path`.
absolute() {
  case "$1" in
    /* | [A-Za-z]:[/\\]*) path=$1 ;;
    *) path=$PWD/$1 ;;
  esac
}

# install: sets `command` to spof-deps from npm. Installed in a directory of its own, because npm and npx take
# configuration and programs from the directory they run in, which holds what is to be judged.
install() {
  local version=${INPUT_VERSION:-} home
  if [ -z "$version" ]; then
    version=$(node -p 'JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")).version' "$GITHUB_ACTION_PATH/package.json")
  fi
  case "$version" in
    [!0-9A-Za-z]* | *[!0-9A-Za-z.+-]*) fail 'the input version is a version or tag of spof-deps on npm, or local' ;;
  esac
  home=$RUNNER_TEMP/spof-deps-$version
  if [ ! -e "$home/installed" ]; then
    mkdir -p -- "$home"
    (cd -- "$home" && npm install --prefix "$home" --ignore-scripts --engine-strict --no-save --no-package-lock \
      --no-audit --no-fund --loglevel=error "spof-deps@$version") ||
      fail 'spof-deps could not be installed from npm (it needs Node 20.17 or later)'
    : >"$home/installed"
  fi
  command=("$home/node_modules/.bin/spof-deps")
}

# silenced COMMAND...: runs it while the runner takes no commands from what is printed, which names may be part of.
silenced() {
  local token code=0
  token="resume-$(random)"
  printf '::stop-commands::%s\n' "$token"
  "$@" || code=$?
  printf '\n::%s::\n' "$token"
  return "$code"
}

# shellcheck disable=SC2317 # called through silenced
# into FILE COMMAND...: stdout to the file, stderr stays.
into() {
  local file=$1
  shift
  "$@" >"$file"
}

size() {
  echo $(($(wc -c <"$1")))
}

# summarize REPORT: adds it to the job summary, cut after a line where it is too large.
summarize() {
  local room
  if [ -z "${GITHUB_STEP_SUMMARY:-}" ]; then return 0; fi
  if [ ! -f "$1" ]; then
    printf '**spof-deps** wrote no report (exit code %s): the log of the step says why.\n' "$code" >>"$GITHUB_STEP_SUMMARY"
    return 0
  fi
  : >>"$GITHUB_STEP_SUMMARY"
  room=$((MOST_SUMMARY_BYTES - $(size "$GITHUB_STEP_SUMMARY")))
  if [ "$(size "$1")" -le "$room" ]; then
    cat -- "$1" >>"$GITHUB_STEP_SUMMARY"
    return 0
  fi
  room=$((room - ${#CUT_NOTE} - 2))
  if [ "$room" -lt 0 ]; then return 0; fi
  {
    printf '%s\n\n' "$CUT_NOTE"
    # The last line is cut somewhere, perhaps inside a character.
    head -c "$room" -- "$1" | LC_ALL=C sed '$d'
  } >>"$GITHUB_STEP_SUMMARY"
}

# explain: says what an exit code other than 0 means. A failed gate has said so itself.
explain() {
  case "$code" in
    0) ;;
    1) echo 'spof-deps: exit code 1, a gate failed' ;;
    2) echo '::error title=spof-deps::exit code 2, usage or configuration: the log says what' ;;
    3) echo '::error title=spof-deps::exit code 3, incomplete: something could not be read or asked (allow-incomplete lets that pass)' ;;
    70) echo '::error title=spof-deps::exit code 70, a bug of spof-deps' ;;
    *) echo "::error title=spof-deps::ended with exit code $code" ;;
  esac
}

newline='
'
end="end-$(random)"
scratch=$(mktemp -d "$RUNNER_TEMP/spof-deps.XXXXXX")
trap 'rm -rf -- "$scratch"' EXIT

absolute "${INPUT_WORKING_DIRECTORY:-.}"
cd -- "$path" || fail 'the input working-directory is no directory'

arguments=(--quiet --no-color)
option config "${INPUT_CONFIG:-}"
option baseline "${INPUT_BASELINE:-}"
option fleet "${INPUT_FLEET:-}"
option scope "${INPUT_SCOPE:-}"
option top "${INPUT_TOP:-}"
options layer "${INPUT_LAYERS:-}"
options fail-on "${INPUT_FAIL_ON:-}"
if ! is_on verify "${INPUT_VERIFY:-}" true; then arguments+=(--no-verify); fi
if is_on allow-incomplete "${INPUT_ALLOW_INCOMPLETE:-}" false; then arguments+=(--allow-incomplete); fi
annotations=false
if is_on annotations "${INPUT_ANNOTATIONS:-}" true; then
  annotations=true
  arguments+=(--format=github)
fi
summary=false
if is_on summary "${INPUT_SUMMARY:-}" true; then summary=true; fi

report sarif "${INPUT_SARIF:-}" .sarif
report json "${INPUT_JSON:-}" .json
report html "${INPUT_HTML:-}" .html
report markdown "${INPUT_MARKDOWN:-}" .md
if [ "$summary" = true ] && [ -z "${INPUT_MARKDOWN:-}" ]; then option out "$scratch/report.md"; fi

arguments+=(--)
split "${INPUT_SOURCES:-}"
for source in ${entries[@]+"${entries[@]}"}; do
  # A directory may have the name of a command of spof-deps.
  case "$source" in
    . | .. | */* | *:*) arguments+=("$source") ;;
    *) arguments+=("./$source") ;;
  esac
done

if [ "${INPUT_VERSION:-}" = local ]; then
  if [ ! -f "$GITHUB_ACTION_PATH/dist/bin.js" ]; then
    fail 'version is local, but the action is not built: run npm ci and npm run build in its directory'
  fi
  command=(node "$GITHUB_ACTION_PATH/dist/bin.js")
else
  install
fi

code=0
if [ "$annotations" = true ]; then
  silenced into "$scratch/annotations" "${command[@]}" "${arguments[@]}" || code=$?
  # Whatever a version prints beside its annotations is no command.
  LC_ALL=C grep -aE '^::(error|warning|notice) ' "$scratch/annotations" || true
else
  silenced "${command[@]}" "${arguments[@]}" || code=$?
fi

output exit-code "$code"
if [ "$summary" = true ]; then summarize "$scratch/report.md"; fi
publish sarif "${INPUT_SARIF:-}" .sarif
publish json "${INPUT_JSON:-}" .json
publish html "${INPUT_HTML:-}" .html
publish markdown "${INPUT_MARKDOWN:-}" .md
explain
exit "$code"
