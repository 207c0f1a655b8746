import type { IncomingMessage, ServerResponse } from "node:http";
import fastifySwagger from "@fastify/swagger";
import { PATHS } from "@hopline/api";
import { AGENT_REPORT_HEADER } from "@hopline/batch";
import type { Logger } from "@hopline/process";
import fastify, { type FastifyBaseLogger, type FastifyInstance, type RawServerDefault } from "fastify";
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import type { CollectorMetrics } from "../metrics.js";
import { alertsRoute } from "../routes/alerts.js";
import { auditRoute } from "../routes/audit.js";
import { auditExportRoute } from "../routes/audit-export.js";
import { auditLogRoute } from "../routes/audit-log.js";
import { connectionRoute } from "../routes/connection.js";
import { dnsRoute } from "../routes/dns.js";
import { dropsRoute } from "../routes/drops.js";
import { edgeSeriesRoute } from "../routes/edge-series.js";
import { endpointsRoute } from "../routes/endpoints.js";
import { flowStreamRoute } from "../routes/flow-stream.js";
import { flowsRoute } from "../routes/flows.js";
import { healthRoutes } from "../routes/health.js";
import { ingestRoute } from "../routes/ingest.js";
import { latencyRoute } from "../routes/latency.js";
import { lossRoute } from "../routes/loss.js";
import { mapRoute } from "../routes/map.js";
import { metricsRoute } from "../routes/metrics.js";
import { openapiRoute } from "../routes/openapi.js";
import { ordersRoute } from "../routes/orders.js";
import { pathRoute } from "../routes/path.js";
import { policyRoutes } from "../routes/policy.js";
import { policyAdviseRoute } from "../routes/policy-advise.js";
import { policyWhatIfRoute } from "../routes/policy-what-if.js";
import { statusRoute } from "../routes/status.js";
import { summaryRoute } from "../routes/summary.js";
import { watchRoutes } from "../routes/watch.js";
import { VERSION } from "../version.js";
import type { Gatekeeper } from "./gatekeeper.js";
import { notFound, sendProblem, toProblem } from "./problems.js";
import type { RouteParts } from "./route-parts.js";

export type ApiServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export interface ApiServerOptions extends RouteParts {
  readonly gatekeeper: Gatekeeper;
  readonly metrics: CollectorMetrics;
  readonly log: Logger;
}

/** All routes, ready to answer; it listens nowhere by itself (see Listeners). */
export async function createApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { gatekeeper, metrics, log } = options;
  const server: ApiServer = fastify({
    logger: false,
    forceCloseConnections: false,
  }).withTypeProvider<ZodTypeProvider>();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  server.setErrorHandler((thrown, request, reply) => {
    const problem = toProblem(thrown);
    if (problem.status === 500) log.error({ err: thrown, url: request.url }, problem.title);
    return sendProblem(reply, problem);
  });
  server.setNotFoundHandler((request, reply) => sendProblem(reply, notFound(request)));
  server.addHook("onResponse", (request, reply, done) => {
    metrics.answers.inc({ route: request.routeOptions.url ?? "none", status: reply.statusCode });
    done();
  });

  await server.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Hopline collector",
        version: VERSION,
        description: "Conversations between pods, hop by hop. Times are milliseconds since the Unix epoch.",
      },
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    },
    transform: jsonSchemaTransform,
  });

  await server.register(async (open: ApiServer) => healthRoutes(open, options));
  await server.register(async (reading: ApiServer) => {
    reading.addHook("onRequest", gatekeeper.forReaders);
    mapRoute(reading, options);
    edgeSeriesRoute(reading, options);
    flowsRoute(reading, options);
    flowStreamRoute(reading, options);
    connectionRoute(reading, options);
    pathRoute(reading, options);
    watchRoutes(reading, options);
    lossRoute(reading, options);
    latencyRoute(reading, options);
    dnsRoute(reading, options);
    dropsRoute(reading, options);
    alertsRoute(reading, options);
    endpointsRoute(reading, options);
    policyRoutes(reading, options);
    policyWhatIfRoute(reading, options);
    policyAdviseRoute(reading, options);
    statusRoute(reading, options);
    summaryRoute(reading, options);
    auditRoute(reading, options);
    auditExportRoute(reading, options);
    auditLogRoute(reading, options);
    openapiRoute(reading);
    metricsRoute(reading, options);
  });
  await server.register(async (ingest: ApiServer) => {
    ingest.addHook("onRequest", gatekeeper.forAgents);
    ingest.addHook("onRequest", async ({ headers }) =>
      options.agentReports.heard(headers[AGENT_REPORT_HEADER]),
    );
    ingestRoute(ingest, options);
    ordersRoute(ingest, options);
  });
  await server.ready();
  log.debug(`the API is described at ${PATHS.openapi}`);
  return server;
}
