"use client";

import clsx from "clsx";
import { Clock } from "lucide-react";
import { type FormEvent, useState } from "react";
import { browserCollector } from "../../collector/browser-collector";
import { spanText } from "../../filters/span-text";
import { LIVE_SPAN_NAMES, LIVE_SPANS, spanLengthMs, type TimeSpan } from "../../filters/time-span";
import { formatDateTime, zoneName } from "../../units/clock-time";
import { Button } from "../controls/button";
import { Popover } from "../controls/popover";
import { useTimeZone } from "../time/use-time-zone";

/** Which time is looked at: a span that ends now, or two fixed times, entered in the reader's own zone. */
export function SpanPicker({ span, onChange }: { span: TimeSpan; onChange: (span: TimeSpan) => void }) {
  const [open, setOpen] = useState(false);
  const zone = useTimeZone();
  const choose = (next: TimeSpan) => {
    onChange(next);
    setOpen(false);
  };
  const text = spanText(span, zone);
  return (
    <Popover
      label="Time range"
      open={open}
      onOpenChange={setOpen}
      align="end"
      className="w-72"
      trigger={
        <Button aria-label={`Time range: ${text}`} title={`${text}. Times are ${zoneName(zone)}.`}>
          {span.kind === "live" ? (
            <span className="relative flex size-2">
              <span className="size-2 rounded-full bg-good" />
            </span>
          ) : (
            <Clock size={14} aria-hidden className="text-muted" />
          )}
          {text}
        </Button>
      }
    >
      <p className="px-2 pt-1 pb-1 text-2xs font-medium text-muted">Live</p>
      <div className="grid grid-cols-2 gap-0.5">
        {LIVE_SPANS.map((last) => (
          <button
            key={last}
            type="button"
            aria-pressed={span.kind === "live" && span.last === last}
            onClick={() => choose({ kind: "live", last })}
            className={clsx(
              "rounded px-2 py-1.5 text-left text-sm hover:bg-sunken",
              span.kind === "live" && span.last === last && "bg-accent-soft font-medium text-accent",
            )}
          >
            {LIVE_SPAN_NAMES[last]}
          </button>
        ))}
      </div>
      <FixedSpan span={span} onChange={choose} />
    </Popover>
  );
}

function FixedSpan({ span, onChange }: { span: TimeSpan; onChange: (span: TimeSpan) => void }) {
  const nowMs = browserCollector.now();
  const fixed = span.kind === "fixed" ? span : { fromMs: nowMs - spanLengthMs(span), toMs: nowMs };
  const [from, setFrom] = useState(() => inputValue(fixed.fromMs));
  const [to, setTo] = useState(() => inputValue(fixed.toMs));
  const fromMs = new Date(from).getTime();
  const toMs = new Date(to).getTime();
  const wrong = !(fromMs < toMs);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!wrong) onChange({ kind: "fixed", fromMs, toMs });
  };
  return (
    <form onSubmit={submit} className="mt-1.5 border-t border-line px-2 pt-2 pb-1">
      <p className="pb-1.5 text-2xs font-medium text-muted">From and to, {zoneName("local")}</p>
      <div className="grid gap-1.5">
        {(
          [
            ["From", from, setFrom],
            ["To", to, setTo],
          ] as const
        ).map(([label, value, set]) => (
          <label key={label} className="flex items-center gap-2 text-sm">
            <span className="w-10 text-muted">{label}</span>
            <input
              type="datetime-local"
              step={1}
              value={value}
              onChange={(event) => set(event.target.value)}
              className="h-8 min-w-0 flex-1 rounded-md border border-line-strong bg-surface px-2 text-sm"
            />
          </label>
        ))}
      </div>
      <div className="mt-2 flex items-center justify-between gap-2">
        <p className="text-2xs text-bad">{wrong ? "From must be before to." : null}</p>
        <Button look="primary" type="submit" disabled={wrong}>
          Show
        </Button>
      </div>
    </form>
  );
}

/** The local time that an `<input type="datetime-local">` takes. */
function inputValue(timeMs: number): string {
  return formatDateTime(timeMs, "local").replace(" ", "T");
}
