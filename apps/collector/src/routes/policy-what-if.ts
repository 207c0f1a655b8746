import { PATHS, whatIfAnswerSchema, whatIfRequestSchema } from "@hopline/api";
import { answerSchemas } from "../http/answer-schemas.js";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";
import { pastTraffic } from "../policy-report/tried-traffic.js";
import { whatIfAnswer } from "../policy-report/what-if-answer.js";

/** Policies are long, YAML longer; no cluster has this much. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** `POST /api/v1/policy/what-if`: policies tried on traffic that was; nothing is applied. */
export function policyWhatIfRoute(
  server: ApiServer,
  {
    keeper,
    policyCluster,
    auditLog,
    clock,
  }: Pick<RouteParts, "keeper" | "policyCluster" | "auditLog" | "clock">,
): void {
  server.post(
    PATHS.policyWhatIf,
    {
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        summary: "Which connections that were seen policies would newly deny or allow. Nothing is applied.",
        body: whatIfRequestSchema,
        response: answerSchemas(whatIfAnswerSchema),
      },
    },
    async (request) => {
      const tried = await pastTraffic(keeper, policyCluster, request.body, clock.now());
      const answer = await whatIfAnswer(policyCluster, tried, request.body);
      const names = answer.policies.map(
        ({ kind, namespace, name, change }) =>
          `${change} ${kind} ${namespace === "" ? name : `${namespace}/${name}`}`,
      );
      const { from, to } = answer.traffic.range;
      await auditLog.record(request, {
        action: "what-if",
        query: [`from=${from}`, `to=${to}`, ...names].join("&"),
        rows: answer.groups.length,
      });
      return answer;
    },
  );
}
