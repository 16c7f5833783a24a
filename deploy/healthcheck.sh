#!/usr/bin/env bash
# Probes a service of this container: exit code 0 when GET <path> on port <port> of 127.0.0.1 answers with a 2xx within 5 s, else 1.
# It needs bash and nothing else, since the images have no curl. Usage: healthcheck.sh <port> <path>
set -u
{ exec 3<> "/dev/tcp/127.0.0.1/$1"; } 2> /dev/null || exit 1
printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$2" >&3
read -r -t 5 _ status _ <&3 || exit 1
[[ $status == 2?? ]]
