import { formatExactCount } from "../../units/quantity";
import { Button } from "./button";

export interface ShowMoreProps {
  /** An infinite query's. */
  readonly pages: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => unknown;
  };
  /** How many there are in all. */
  readonly total: number;
}

/** Below a list: asks for its next page, where there is one. */
export function ShowMore({ pages, total }: ShowMoreProps) {
  if (!pages.hasNextPage) return null;
  return (
    <div className="flex justify-center">
      <Button disabled={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
        Show more of {formatExactCount(total)}
      </Button>
    </div>
  );
}
