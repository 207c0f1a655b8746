import { entityId, type UncoveredWorkload } from "@hopline/api";
import { EntityLines } from "../entity/entity-lines";
import { Card } from "../surface/card";
import { type DataColumn, DataTable } from "../surface/data-table";

const COLUMNS: readonly DataColumn<UncoveredWorkload>[] = [
  { name: "Workload", cell: ({ workload }) => <EntityLines entity={workload} wraps /> },
  { name: "Pods", numeric: true, cell: ({ pods }) => pods },
  { name: "Into it", cell: ({ ingress }) => <Cover covered={ingress} /> },
  { name: "Out of it", cell: ({ egress }) => <Cover covered={egress} /> },
];

/** Workloads that some direction leaves open to everybody. */
export function UncoveredWorkloads({
  workloads,
  hasPolicies,
}: {
  workloads: readonly UncoveredWorkload[];
  hasPolicies: boolean;
}) {
  const open = workloads.filter(({ ingress, egress }) => !ingress && !egress).length;
  return (
    <Card
      title="Workloads without policy"
      aside={`${open} without any, ${workloads.length - open} in one direction`}
    >
      {workloads.length === 0 ? (
        <p className="px-4 py-3 text-sm text-muted">
          {hasPolicies ? "Every workload has a policy in both directions." : "No workload is known yet."}
        </p>
      ) : (
        <DataTable
          caption="Workloads without policy"
          columns={COLUMNS}
          rows={workloads}
          keyOf={({ workload }) => entityId(workload)}
        />
      )}
    </Card>
  );
}

function Cover({ covered }: { covered: boolean }) {
  return covered ? (
    <span className="text-muted">a policy selects it</span>
  ) : (
    <span className="font-medium text-warn">no policy</span>
  );
}
