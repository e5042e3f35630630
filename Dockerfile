# Debian 13, because the uWebSockets.js binary needs its glibc.
FROM node:24-trixie-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
COPY client/package.json client/
# Every native part comes ready in its package, so no install script needs to run.
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-trixie-slim
ENV NODE_ENV=production HOST=0.0.0.0 OPS_HOST=0.0.0.0 DATA_DIR=/data NODE_COMPILE_CACHE=/app/compiled
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY migrations migrations
COPY src src
# Compiled once here, not at every start.
RUN node --input-type=module --eval "await import('/app/src/soko.ts')"
RUN install --directory --owner=node --group=node /data
USER node
VOLUME /data
# Clients; operators (metrics and health).
EXPOSE 3000 3001
# The operators' port answers in every role, also in a worker, which serves no clients.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.OPS_PORT || 3001}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
