import { adviseAnswerSchema, adviseQuerySchema, PATHS } from "@hopline/api";
import { answerSchemas } from "../http/answer-schemas.js";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";
import { adviseAnswer } from "../policy-report/advise-answer.js";
import { triedTraffic } from "../policy-report/tried-traffic.js";

/** `GET /api/v1/policy/advise`: the least policies that allow what was seen. */
export function policyAdviseRoute(
  server: ApiServer,
  {
    keeper,
    policyCluster,
    auditLog,
    clock,
  }: Pick<RouteParts, "keeper" | "policyCluster" | "auditLog" | "clock">,
): void {
  server.get(
    PATHS.policyAdvise,
    {
      schema: {
        summary:
          "The least NetworkPolicies for a namespace that allow what was seen, as commented manifests.",
        querystring: adviseQuerySchema,
        response: answerSchemas(adviseAnswerSchema),
      },
    },
    async (request) => {
      const { from, to, namespace } = request.query;
      const scope = { from, to, namespace: [namespace] };
      const tried = await triedTraffic(keeper, policyCluster, scope, clock.now());
      const answer = await adviseAnswer(policyCluster, tried, request.query);
      const { range } = answer.traffic;
      const workload = request.query.workload === undefined ? [] : [`workload=${request.query.workload}`];
      await auditLog.record(request, {
        action: "advise",
        query: [`from=${range.from}`, `to=${range.to}`, `namespace=${namespace}`, ...workload].join("&"),
        rows: answer.policies.length,
      });
      return answer;
    },
  );
}
