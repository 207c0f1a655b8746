/** Where everything is on the collector. */
export const PATHS = {
  map: "/api/v1/map",
  edgeSeries: "/api/v1/map/series",
  flows: "/api/v1/flows",
  flowStream: "/api/v1/flows/stream",
  /** Followed by the connection's id. */
  connections: "/api/v1/connections",
  /** Followed by the connection's id. */
  path: "/api/v1/path",
  loss: "/api/v1/loss",
  dns: "/api/v1/dns",
  endpoints: "/api/v1/endpoints",
  status: "/api/v1/status",
  summary: "/api/v1/summary",
  openapi: "/api/v1/openapi.json",
  ingest: "/ingest/v1/batches",
  health: "/healthz",
  ready: "/readyz",
  metrics: "/metrics",
} as const;
