# The agent: one on each node, on the node's own network.
# Build from the top of the repository: docker build -f deploy/images/agent.Dockerfile -t hopline/agent .
FROM node:20-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends libpcap-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /hopline
COPY . .
RUN npm ci --no-audit --no-fund && npx turbo run build --filter=@hopline/agent
RUN npm prune --omit=dev --workspace=@hopline/agent --include-workspace-root

FROM node:20-bookworm-slim
# iproute2 describes the node's links, conntrack its translations, libpcap is the capture of last resort.
RUN apt-get update && apt-get install -y --no-install-recommends iproute2 conntrack libpcap0.8 \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /hopline
COPY --from=build /hopline/node_modules node_modules
COPY --from=build /hopline/packages packages
COPY --from=build /hopline/apps/agent apps/agent
ENV NODE_ENV=production
ENTRYPOINT ["node", "apps/agent/dist/main.js"]
