import { type ConnectionPath, icmpErrorText } from "@hopline/api";
import clsx from "clsx";
import { CircleCheck, type LucideIcon, TriangleAlert } from "lucide-react";
import { lossSentence } from "./loss-text";

interface Look {
  readonly icon: LucideIcon;
  readonly frame: string;
  readonly sign: string;
}

const BROKEN: Look = { icon: TriangleAlert, frame: "border-bad-line bg-bad-soft", sign: "text-bad" };
const LOSSY: Look = { icon: TriangleAlert, frame: "border-warn-line bg-warn-soft", sign: "text-warn" };
const WHOLE: Look = { icon: CircleCheck, frame: "border-line bg-surface", sign: "text-good" };

/** Where the connection breaks, or loses something, in words, with what else is known of the place. */
export function PathFinding({ path }: { path: ConnectionPath }) {
  const { broken, connection, forward, reply } = path;
  const losses =
    broken !== null
      ? []
      : [
          ...forward.segments.map((segment) => lossSentence(segment, "server")),
          ...reply.segments.map((segment) => lossSentence(segment, "client")),
        ].filter((sentence) => sentence !== undefined);
  const { icon: Icon, frame, sign } = broken !== null ? BROKEN : losses.length > 0 ? LOSSY : WHOLE;
  const { icmpError } = connection;
  const details = broken === null ? losses : broken.evidence.slice(2).map(({ text }) => text);
  return (
    <section
      aria-label="Finding"
      data-finding={broken?.missing ?? (losses.length > 0 ? "loss" : "none")}
      className={clsx("flex items-start gap-2.5 rounded-lg border px-3 py-2.5 text-sm", frame)}
    >
      <Icon size={16} aria-hidden className={clsx("mt-0.5 shrink-0", sign)} />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <p>
          {broken?.sentence ??
            `Every hop that should have seen this connection has seen it${losses.length > 0 ? ", but not all of it:" : "."}`}
          {broken === null && icmpError !== null ? ` Of some packets ${icmpErrorText(icmpError)}.` : ""}
        </p>
        {details.length === 0 ? null : (
          <ul className={clsx("mt-1 list-disc pl-5", broken === null ? "font-medium" : "text-xs text-muted")}>
            {details.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}
