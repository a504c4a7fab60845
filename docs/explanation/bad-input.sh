#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Send bad requests to a web server, and print what comes back.
#
#   bad-input.sh ADDRESS HOST
#   bad-input.sh ADDRESS HOST NUMBER [OTHER]
#
# In the first form, each bad request has a connection of its own, and a good one follows
# it there. A line "400" says that the server answered and closed the connection;
# "404 200", that it answered, and then knew where the good request starts.
#
# In the second form, it tries to open NUMBER connections, and sends one letter on each. Then
# one more visitor comes, to the address OTHER if there is one.
set -euo pipefail
trap '' PIPE # A server may close while we still send.
address=$1 host=$2
sent=$(mktemp)
trap 'rm "$sent"' EXIT

request="GET /good HTTP/1.1\r\nHost: $host\r\n"
inner="GET /inner HTTP/1.1\r\nHost: $host\r\n\r\n"
printf -v long '%70000s' ''
long=${long// /a}
printf -v many 'X-%d: a\\r\\n' {1..10000}

# Connect, and send $1 as it is, but for \r, \n, \\ and \xNN. At once: Bash would send
# line by line.
open() {
  printf '%b' "$1" > "$sent"
  exec {connection}<> "/dev/tcp/$address/80"
  cat "$sent" 1>&"$connection" 2> /dev/null || true
}

# Print the statuses of all answers on connection $2, in their order, and the name $1.
answers() {
  local connection=$2 all statuses
  all=$(timeout 10 cat <&"$connection" 2> /dev/null | tr --delete '\0') || true
  statuses=$(grep --text --only-matching --perl-regexp 'HTTP/1\.[01] \K\d+' <<< "$all" | xargs) || true
  if [[ $all == *root:* ]]; then statuses+=' LEAK'; fi # As in /etc/passwd.
  printf '%-11s %s\n' "${statuses:-nothing}" "$1"
  exec {connection}>&-
}

try() {
  open "$2${request}Connection: close\r\n\r\n"
  answers "$1" "$connection"
}

line() { try "$1" "$1 HTTP/1.1\r\nHost: $host\r\n\r\n"; }
header() { try "$1" "$request$2\r\n\r\n"; }
host() { try "Host: $1" "GET /good HTTP/1.1\r\nHost: $1\r\n\r\n"; }
body() { try "$1" "POST /outer HTTP/1.1\r\nHost: $host\r\n$2\r\n\r\n${3:-}$inner"; }
chunks() { body "$1" 'Transfer-Encoding: chunked' "5\r\nfirst\r\n$2"; }

if [[ $# -gt 2 ]]; then
  ulimit -S -n "$(ulimit -H -n)"
  idle=0
  for ((i = 0; i < $3; i++)); do
    { exec {connection}<> "/dev/tcp/$address/80" && printf G >&"$connection"; } 2> /dev/null &&
      idle=$((idle + 1))
  done
  address=${4:-$1}
  try "a good request, while $idle connections are idle" ''
  exit
fi

# The first line
try 'a good request' ''
try 'three good requests at once' "$request\r\n$request\r\n"
try 'garbage' 'garbage\r\n\r\n'
try 'the start of TLS' '\x16\x03\x01\x00\xa5\x01\x00\r\n\r\n'
try 'the start of HTTP/2' 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
try 'GET /good' 'GET /good\r\n\r\n' # HTTP/0.9
try 'GET /good HTTP/1.0' 'GET /good HTTP/1.0\r\n\r\n'
try 'GET /good HTTP/3.0' "GET /good HTTP/3.0\r\nHost: $host\r\n\r\n"
line 'get /good'
line 'BREW /good'
line 'TRACE /good'
line 'GET /good two'
line 'GET *'
line 'OPTIONS *'
line 'GET other:80'
line 'CONNECT other:80'
line "GET http://$host/good"
line 'GET http://other/good'
line 'GET https://other/good'
line 'GET http://'
line 'GET file:///etc/passwd'
try 'a line of 70,000 bytes' "GET /$long HTTP/1.1\r\nHost: $host\r\n\r\n"

# The path
line 'GET /../../etc/passwd'
line 'GET /%2e%2e/%2e%2e/etc/passwd'
line 'GET /..%2f..%2fetc/passwd'
line 'GET /%252e%252e/etc/passwd'
line 'GET /..\\..\\etc/passwd'
line 'GET /%c0%ae%c0%ae/etc/passwd'
line 'GET //etc/passwd'
line 'GET /%zz'
line 'GET /good%00.html'
line 'GET /good\x00.html'

# Headers
header 'no colon' 'X-A'
header 'a space before the colon' 'X-A : b'
header 'a header on two lines' 'X-A: b\r\n c'
header 'NUL in a header' 'X-A: b\x00c'
header 'a lone \r in a header' 'X-A: b\rX-C: d'
header 'bytes that are no text' 'X-A: \xff\xfe'
header 'a header of 70,000 bytes' "X-A: $long"
header 'a header of 1,050,000 bytes' "X-A: ${long//a/aaaaaaaaaaaaaaa}"
header '10,000 headers' "${many%\\r\\n}"
try 'no Host' 'GET /good HTTP/1.1\r\n\r\n'
header 'two Hosts' 'Host: other'
header 'the same Host twice' "Host: $host"
host ''
host 'other'
host "user@$host"
host "$host/etc/passwd"
host "$host:99999"
host "$host:x"
host "$host\x00"
host '[::1'

# Bodies, and a request that hides behind each
body 'Content-Length and chunks' 'Content-Length: 4\r\nTransfer-Encoding: chunked' '0\r\n\r\n'
body 'chunks and Content-Length' 'Transfer-Encoding: chunked\r\nContent-Length: 4' '0\r\n\r\n'
body 'Transfer-Encoding twice' 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity' '0\r\n\r\n'
body 'Transfer-Encoding: xchunked' 'Transfer-Encoding: xchunked' '0\r\n\r\n'
try 'Transfer-Encoding: gzip, chunked' "POST /outer HTTP/1.1\r\nHost: $host\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"
body 'Transfer-Encoding, a space, a colon' 'Transfer-Encoding : chunked' '0\r\n\r\n'
body 'two lengths' "Content-Length: 0\r\nContent-Length: 50"
body 'a length of -1' 'Content-Length: -1'
body 'a length of +5' 'Content-Length: +5'
body 'a length of 2^53' 'Content-Length: 9007199254740992'
body 'a length of 10^20' 'Content-Length: 100000000000000000000'
chunks 'a chunk of size zz' 'zz\r\n'
chunks 'a chunk of size -1' '-1\r\n'
chunks 'a chunk of size 2^64' '10000000000000000\r\n'
chunks 'a chunk longer than it says' '1\r\nlong\r\n0\r\n\r\n'
try 'a GET with a body' "${request}Content-Length: 5\r\n\r\nfirst"

# Slow visitors, and one who is in a hurry
open "POST /slow HTTP/1.1\r\nHost: $host\r\nContent-Length: 9\r\n\r\nbroken"
exec {connection}>&- # and away
open "POST /slow HTTP/1.1\r\nHost: $host\r\nContent-Length: 9\r\n\r\nendless"
endless=$connection
open "${request}Connection: close\r\nX-Slow: "
slow=$connection
for _ in {1..10}; do
  sleep 0.2
  printf a 1>&"$slow"
done
try 'a good request, while others are slow' ''
printf '\r\n\r\n' 1>&"$slow"
answers 'a byte each 0.2 s' "$slow"
answers 'a body that never ends' "$endless"
