# The collector, with the embedded ClickHouse engine in it.
# Build from the top of the repository: docker build -f deploy/images/collector.Dockerfile -t hopline/collector .
FROM node:20-bookworm AS build
WORKDIR /hopline
COPY . .
RUN npm ci --no-audit --no-fund && npx turbo run build --filter=@hopline/collector
RUN npm prune --omit=dev --workspace=@hopline/collector --include-workspace-root

FROM node:20-bookworm-slim
WORKDIR /hopline
COPY --from=build /hopline/node_modules node_modules
COPY --from=build /hopline/packages packages
COPY --from=build /hopline/apps/collector apps/collector
ENV NODE_ENV=production
USER node
ENTRYPOINT ["node", "apps/collector/dist/main.js"]
