import clsx from "clsx";
import type { ReactNode } from "react";
import { type Answer, isStale } from "./answer";

export interface AnswerBodyProps<Data> {
  readonly answer: Answer<Data>;
  /** What stands there until the first answer. */
  readonly loading: ReactNode;
  /** How many there are in all, for tests. */
  readonly total?: number | undefined;
  readonly children: (data: Data) => ReactNode;
}

/** The part of a page that scrolls, in each of its states: loading, failed (the banner says why), out of date, and there. */
export function AnswerBody<Data>({ answer, loading, total, children }: AnswerBodyProps<Data>) {
  const { data, error } = answer;
  return (
    <div
      data-total={total}
      className={clsx("min-h-0 min-w-0 flex-1 overflow-auto", isStale(answer) && "stale")}
    >
      {data !== undefined ? children(data) : error === null ? loading : null}
    </div>
  );
}
