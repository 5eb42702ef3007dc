#!/bin/sh
# Runs a command whose git may fetch and push: with-credentials.sh COMMAND ...
# TOKEN is a token of GitHub, DEPLOY_KEY the text of a key that may write; with both the key is used. They come by the
# environment and stay in it: an argument could be read by every process of the machine, a file by every later step.
set -eu
if [ -n "${DEPLOY_KEY:-}" ]; then
  key=$(mktemp)
  trap 'rm -f "$key"' EXIT
  printf '%s\n' "$DEPLOY_KEY" > "$key"
  unset DEPLOY_KEY
  server=${GITHUB_SERVER_URL:-https://github.com}
  GIT_SSH_COMMAND="ssh -i $key -o IdentitiesOnly=yes -o StrictHostKeyChecking=accept-new"
  GIT_CONFIG_COUNT=1
  GIT_CONFIG_KEY_0="url.ssh://git@${server#*://}/.insteadOf"
  GIT_CONFIG_VALUE_0="$server/"
  export GIT_SSH_COMMAND GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0
elif [ -n "${TOKEN:-}" ]; then
  GIT_CONFIG_COUNT=1
  GIT_CONFIG_KEY_0=http.extraHeader
  GIT_CONFIG_VALUE_0="Authorization: Basic $(printf 'x-access-token:%s' "$TOKEN" | base64 | tr -d '\n')"
  export GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0
fi
unset TOKEN
"$@"
