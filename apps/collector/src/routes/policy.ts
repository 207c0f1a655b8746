import {
  PATHS,
  policyAnswerSchema,
  policyManifestQuerySchema,
  policyManifestSchema,
  policyQuerySchema,
} from "@hopline/api";
import { Fault } from "@hopline/fault";
import { answerSchemas } from "../http/answer-schemas.js";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";
import { policyAnswer } from "../policy-report/policy-answer.js";

/** `GET /api/v1/policy`: what each policy allowed and denied; `/manifest`: one as it is now. */
export function policyRoutes(
  server: ApiServer,
  { keeper, policyCluster }: Pick<RouteParts, "keeper" | "policyCluster">,
): void {
  server.get(
    PATHS.policy,
    {
      schema: {
        summary: "What each policy allowed, denied and never matched, and which pods no policy selects.",
        querystring: policyQuerySchema,
        response: answerSchemas(policyAnswerSchema),
      },
    },
    async (request) => {
      const decided = await keeper.use("policy decisions", (store) => store.policyDecisions(request.query));
      return policyAnswer(policyCluster, decided, request.query.namespace);
    },
  );
  server.get(
    PATHS.policyManifest,
    {
      schema: {
        summary: "A policy of the cluster as a manifest.",
        querystring: policyManifestQuerySchema,
        response: answerSchemas(policyManifestSchema),
      },
    },
    (request) => {
      const { kind, namespace, name } = request.query;
      const yaml = policyCluster.manifestOf(request.query);
      if (yaml !== undefined) return { yaml };
      throw new Fault({
        code: "NOT_FOUND",
        message: `There is no ${kind} ${namespace === "" ? name : `${namespace}/${name}`}.`,
        hint: "It may have been removed just now.",
      });
    },
  );
}
