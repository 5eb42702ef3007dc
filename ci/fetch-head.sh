#!/bin/sh
# Fetches a commit's objects without checking anything out: fetch-head.sh SHA. TOKEN may hold a token for private pools.
set -eu
case $1 in
  *[!0-9a-f]* | '') echo "This is no commit: write all of its 40 digits." >&2; exit 2 ;;
esac
exec "$(dirname "$0")/with-credentials.sh" git -c transfer.fsckObjects=true fetch --quiet --no-tags origin "$1"
