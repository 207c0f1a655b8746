import { PageColumn } from "../surface/page-column";
import { Skeleton } from "./skeleton";

/** Place-holders for the parts of a page until its answer is there. */
export function Loading({
  text,
  heights,
  wide = false,
}: {
  /** For screen readers. */
  text: string;
  /** Of the parts from top to bottom, in classes. */
  heights: readonly string[];
  wide?: boolean;
}) {
  return (
    <PageColumn wide={wide} role="status" aria-busy="true">
      <span className="sr-only">{text}</span>
      {heights.map((height, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they never change places
        <Skeleton key={index} className={`${height} w-full rounded-lg`} />
      ))}
    </PageColumn>
  );
}
