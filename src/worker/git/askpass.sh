#!/bin/sh
# Answers git's two questions about one server; to every other question it says nothing and fails.
# ASKPASS_ORIGIN is scheme://host[:port], ASKPASS_TOKEN_FILE the file that holds the token.
scheme=${ASKPASS_ORIGIN%%://*}
host=${ASKPASS_ORIGIN#*://}
case $1 in
    "Username for '$scheme://$host': ") echo x-access-token ;;
    "Password for '$scheme://x-access-token@$host': ") exec cat -- "$ASKPASS_TOKEN_FILE" ;;
    *) exit 1 ;;
esac
