import { type BrokenPlace, type IcmpError, icmpErrorText } from "@hopline/api";
import clsx from "clsx";
import { CircleCheck, TriangleAlert } from "lucide-react";

/** Where the connection breaks, in words, with what else is known of the place. */
export function PathFinding({
  broken,
  icmpError,
}: {
  broken: BrokenPlace | null;
  /** What somebody on the way said of its packets, though all came through. */
  icmpError: IcmpError | null;
}) {
  const Icon = broken === null ? CircleCheck : TriangleAlert;
  return (
    <section
      aria-label="Finding"
      data-finding={broken === null ? "none" : broken.missing}
      className={clsx(
        "flex items-start gap-2.5 rounded-lg border px-3 py-2.5 text-sm",
        broken === null ? "border-line bg-surface" : "border-bad-line bg-bad-soft",
      )}
    >
      <Icon
        size={16}
        aria-hidden
        className={clsx("mt-0.5 shrink-0", broken === null ? "text-good" : "text-bad")}
      />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <p>
          {broken === null ? "Every hop that should have seen this connection has seen it." : broken.sentence}
          {broken === null && icmpError !== null ? ` Of some packets ${icmpErrorText(icmpError)}.` : ""}
        </p>
        {broken === null || broken.evidence.length < 3 ? null : (
          <ul className="mt-1 list-disc pl-5 text-xs text-muted">
            {broken.evidence.slice(2).map(({ code, text }) => (
              <li key={`${code} ${text}`}>{text}</li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}
