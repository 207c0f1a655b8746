import clsx from "clsx";

/** A grey place-holder of the size that the data will take. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={clsx("animate-pulse rounded bg-line", className)} />;
}
