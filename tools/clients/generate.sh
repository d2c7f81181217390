#!/bin/sh
# Generates a client with each generator from openapi/openapi.yaml, and compiles them with the programs in drive/, strictly.
set -eu
cd "$(dirname "$0")"
PATH="$PWD/node_modules/.bin:$PATH"
document=../../openapi/openapi.yaml
rm -rf generated compiled
mkdir generated compiled
openapi-typescript "$document" -o generated/openapi-typescript.ts
openapi-ts --no-log-file -i "$document" -o generated/hey-api -c @hey-api/client-fetch
orval --config orval.config.mjs
openapi-zod-client "$document" -o generated/openapi-zod-client.ts
echo '{ "type": "commonjs" }' > compiled/package.json
tsc -p .
