# The base of both stages. docs/operations/image.md says how to pin it by a digest.
ARG BASE=node:24-bookworm-slim

# Stage 1: bundle, bill of materials and compile cache.
FROM ${BASE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# With the development dependencies, because one of them writes the bundle.
RUN npm ci --ignore-scripts
COPY tools/bundle tools/bundle
COPY src src
COPY client/src client/src
# The optional dependencies are a Node binary, which the image already has. The bill of materials lists all production dependencies,
# whether the bundle contains them or not; npm reports missing packages unless package.json no longer names the development dependencies.
# Then only those packages keep their code that the bundle does not contain.
RUN node tools/bundle/bundle.ts \
 && npm prune --omit=dev --omit=optional --ignore-scripts \
 && npm pkg delete devDependencies optionalDependencies && npm sbom --sbom-format cyclonedx > /sbom.json \
 && node tools/bundle/slim.ts
# Node caches compiled modules here per user id and per setting of V8: the image's user starts faster, any other works
# without it.
RUN mkdir /cache && chown 10001 /cache \
 && NODE_COMPILE_CACHE=/cache setpriv --reuid=10001 --regid=10001 --clear-groups \
    node --max-semi-space-size=8 --heap-growing-percent=50 --no-allocation-site-pretenuring --v8-pool-size=2 dist/godwit.js --version \
 && chmod -R a+rX,a-w /cache

# Stage 2: the image.
FROM ${BASE}
# No package managers, and a folder for the embedded database that any user may write to.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
           /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-* \
 && mkdir /data && chmod 1777 /data
COPY LICENSE /usr/share/doc/godwit/LICENSE
COPY --from=build /sbom.json /usr/share/doc/godwit/sbom.json
COPY package.json LICENSE /app/
COPY openapi /app/openapi
COPY docs /app/docs
COPY src/http/pages /app/src/http/pages
COPY --from=build /app/node_modules /app/node_modules
COPY --from=build /app/dist /app/dist
COPY --from=build /cache /app/.compile-cache
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/app/.compile-cache \
    HOST=0.0.0.0 \
    PORT=8080
ARG BASE
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Godwit" \
      org.opencontainers.image.description="REST gateway that restores SQL Server backups into Alibaba Cloud, Huawei Cloud and Tencent Cloud" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${BASE}"
# Makes the default store, ./data/godwit.db, /data/godwit.db.
WORKDIR /
VOLUME /data
EXPOSE 8080
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/livez`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# A signal must not open a debugger in a process that holds keys. Heap settings: see docs/performance.md.
ENTRYPOINT ["node", "--disable-sigusr1", "--max-semi-space-size=8", "--heap-growing-percent=50", "--no-allocation-site-pretenuring", "--v8-pool-size=2", "/app/dist/godwit.js"]
