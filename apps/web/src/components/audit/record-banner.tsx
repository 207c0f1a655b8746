import type { AuditCompleteness, AuditNode } from "@hopline/api";
import { CircleCheck, TriangleAlert } from "lucide-react";
import { formatExactCount } from "../../units/quantity";
import { type DataColumn, DataTable } from "../surface/data-table";
import { wholeShare } from "./whole-share";

/** Whether the range is wholly on record, why not, and node by node. */
export function RecordBanner({ completeness }: { completeness: AuditCompleteness }) {
  const { complete, reasons, share, nodes } = completeness;
  const Icon = complete ? CircleCheck : TriangleAlert;
  return (
    <section
      aria-label="Completeness of the record"
      data-complete={complete}
      className={`overflow-hidden rounded-lg border ${complete ? "border-line bg-good-soft" : "border-warn-line bg-warn-soft"}`}
    >
      <div className="flex items-start gap-3 px-4 py-3">
        <Icon size={18} aria-hidden className={`mt-0.5 shrink-0 ${complete ? "text-good" : "text-warn"}`} />
        <div className="min-w-0">
          <h2 className="text-base font-semibold">
            {complete
              ? "The record of this range is complete"
              : `The record of this range is not complete${share === null ? "" : `: ${wholeShare(share)} of the windows are whole`}`}
          </h2>
          {complete ? (
            <p className="text-muted">Every window of every node is there and whole.</p>
          ) : (
            <ul className="mt-1 list-disc space-y-0.5 pl-4">
              {reasons.map((reason) => (
                <li key={reason} className="[overflow-wrap:anywhere]">
                  {reason}
                </li>
              ))}
            </ul>
          )}
        </div>
      </div>
      {nodes.length === 0 ? null : (
        <details className="border-t border-line bg-surface">
          <summary className="cursor-pointer px-4 py-2 text-sm font-medium">
            Node by node ({nodes.length})
          </summary>
          <DataTable
            caption="The record, node by node"
            columns={COLUMNS}
            rows={nodes}
            keyOf={({ node }) => node}
          />
        </details>
      )}
    </section>
  );
}

const counted = (name: string, of: (node: AuditNode) => number): DataColumn<AuditNode> => ({
  name,
  numeric: true,
  cell: (node) => (
    <span className={of(node) === 0 ? "text-faint" : undefined}>{formatExactCount(of(node))}</span>
  ),
});

const COLUMNS: readonly DataColumn<AuditNode>[] = [
  {
    name: "Node",
    cell: ({ node, heard }) => (
      <>
        <span className="font-medium">{node}</span>
        {heard ? null : <span className="block text-2xs text-bad">never heard</span>}
      </>
    ),
  },
  {
    name: "Whole",
    numeric: true,
    cell: ({ complete, expected }) => (expected === 0 ? "–" : wholeShare(complete / expected)),
  },
  counted("Windows", ({ expected }) => expected),
  counted("Without agent", ({ missing }) => missing),
  counted("Started or stopped", ({ interrupted }) => interrupted),
  counted("Sampled", ({ sampled }) => sampled),
  counted("Ring full", ({ dropped }) => dropped),
  counted("Frames dropped", ({ droppedFrames }) => droppedFrames),
  counted("Flows evicted", ({ evictedFlows }) => evictedFlows),
  counted("Batches lost", ({ lostBatches }) => lostBatches),
  counted("Interface late", ({ lateInterfaces }) => lateInterfaces),
  counted("Conntrack lost", ({ conntrackLost }) => conntrackLost),
];
