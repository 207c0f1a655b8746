import { adviseAnswerSchema, entityId, PATHS } from "@hopline/api";
import { type Command, InvalidArgumentError } from "commander";
import { type ApiOptions, apiClient, namespaceOption, withApi, withLast, withOutput } from "./api-options.js";

interface AdviseOptions extends ApiOptions {
  readonly namespace: string;
  readonly workload?: WorkloadName;
  readonly since: number;
  readonly output: "yaml" | "json";
}

interface WorkloadName {
  readonly name: string;
  readonly kind: string;
}

/** `hopline policy advise`: NetworkPolicies that allow what was seen, as manifests on standard output. */
export function policyAdviseCommand(policy: Command): void {
  const command = withLast(
    withApi(policy.command("advise")),
    "24h",
    "from the traffic of so long",
    "--since",
  );
  withOutput(command, "yaml", "json")
    .description("the least NetworkPolicies that allow what was seen of a namespace's workloads")
    .requiredOption("-n, --namespace <name>", "the namespace", namespaceOption)
    .option(
      "--workload <name>",
      "only for this one, e.g. web (a Deployment) or db[StatefulSet]",
      workloadOption,
    )
    .action(policyAdvise);
}

function workloadOption(text: string): WorkloadName {
  const { name, kind } = /^(?<name>[a-z0-9.-]+)(?:\[(?<kind>[A-Za-z]+)\])?$/.exec(text)?.groups ?? {};
  if (name === undefined) throw new InvalidArgumentError("It takes a name such as web or db[StatefulSet].");
  return { name, kind: kind ?? "Deployment" };
}

async function policyAdvise({ namespace, workload, since, output, ...api }: AdviseOptions): Promise<void> {
  const client = apiClient(api);
  try {
    const now = Date.now();
    const answer = await client.get(adviseAnswerSchema, PATHS.policyAdvise, {
      namespace,
      workload:
        workload &&
        entityId({ kind: "workload", namespace, workloadKind: workload.kind, name: workload.name }),
      from: now - since,
      to: now,
    });
    process.stdout.write(output === "json" ? `${JSON.stringify(answer)}\n` : answer.yaml);
    const { traffic, policies, madeFrom, check, leftOut, unadvised } = answer;
    const lines = [
      `${policies.length} ${policies.length === 1 ? "policy" : "policies"} from ${madeFrom} of ${traffic.connections} connections; tried on those, they newly deny ${check.newlyDenied}.`,
      ...(leftOut.length + unadvised.length === 0
        ? []
        : ["What they leave out, and which workloads get none, is said in the comments."]),
      ...(traffic.leftOutRows === 0
        ? []
        : [`${traffic.leftOutRows} rows of traffic, those of the fewest connections, were not looked at.`]),
    ];
    process.stderr.write(lines.map((line) => `${line}\n`).join(""));
  } finally {
    await client.close();
  }
}
