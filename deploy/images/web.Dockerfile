# The web UI: Next.js' standalone output and nothing else.
# Build from the top of the repository: docker build -f deploy/images/web.Dockerfile -t hopline/web .
FROM node:20-bookworm AS build
WORKDIR /hopline
COPY . .
ENV NEXT_TELEMETRY_DISABLED=1
RUN npm ci --no-audit --no-fund && npx turbo run build --filter=@hopline/web

FROM node:20-bookworm-slim
WORKDIR /hopline
COPY --from=build /hopline/apps/web/.next/standalone apps/web/.next/standalone
COPY --from=build /hopline/apps/web/bin apps/web/bin
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1
USER node
ENTRYPOINT ["node", "apps/web/bin/serve.mjs"]
