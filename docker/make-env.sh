#!/bin/sh
# Writes docker/.env: the secrets docker/compose.yml asks for, drawn at random.
# Usage: docker/make-env.sh [ADMIN_EMAIL]
set -eu

file="$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)/.env"
admin_email="${1:-admin@example.com}"

case "$admin_email" in
  *[!A-Za-z0-9.@_%+-]* | @* | *@) admin_email='' ;;
  *?@?*) ;;
  *) admin_email='' ;;
esac
if [ -z "$admin_email" ]; then
  echo 'make-env: ADMIN_EMAIL is not an e-mail address' >&2
  exit 2
fi

# Hexadecimal: it needs no quoting in this file nor in a connection URL, and can
# not spell a word that production refuses as an example.
random() {
  od -An -v -tx1 -N"$1" /dev/urandom | tr -d ' \n'
}

umask 077
# noclobber makes "is it there?" and "make it" one step: nothing is ever overwritten.
set -C
if ! (: >"$file") 2>/dev/null; then
  echo "make-env: $file exists already (or its folder is not writable): not touched" >&2
  exit 1
fi
set +C

cat >"$file" <<END
# Made by docker/make-env.sh. Keep a copy: without ENCRYPTION_KEY what it sealed is lost.
SECRET_KEY=$(random 48)
JWT_SECRET_KEY=$(random 48)
ENCRYPTION_KEY=$(random 48)
METRICS_TOKEN=$(random 24)
ADMIN_EMAIL=$admin_email
ADMIN_PASSWORD=$(random 16)
POSTGRES_PASSWORD=$(random 24)
REDIS_PASSWORD=$(random 24)
S3_ACCESS_KEY=$(random 10)
S3_SECRET_KEY=$(random 24)
END

echo "Wrote $file; sign in as $admin_email with its ADMIN_PASSWORD."
