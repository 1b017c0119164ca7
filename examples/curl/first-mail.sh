#!/usr/bin/env bash
# Read the newest mail of the world contoso with curl, by the emulator's HTTP port: no certificates, no real names.
set -euo pipefail

ROOT=${ROOT:-http://127.0.0.1:8365}
TENANT=4a1c0e52-6d3b-4f87-9b1e-c0de00000365
CLIENT=4a1c0e52-6d3b-4f87-9b1e-0000000c1d01

# A container that was started a moment ago needs about a second.
curl -sS -o /dev/null --retry "${RETRIES:-10}" --retry-delay 1 --retry-all-errors "$ROOT/_emulator/v1/health"

TOKEN=$(curl -sS --fail-with-body "$ROOT/login.microsoftonline.com/$TENANT/oauth2/v2.0/token" \
  -d grant_type=client_credentials -d client_id=$CLIENT -d client_secret=contoso-client-secret \
  -d scope=https://graph.microsoft.com/.default | sed 's/.*"access_token":"\([^"]*\)".*/\1/')

curl -sS --fail-with-body -H "Authorization: Bearer $TOKEN" \
  "$ROOT/graph.microsoft.com/v1.0/users/ada@contoso.onmicrosoft.com/messages?\$select=subject,from&\$top=3"
