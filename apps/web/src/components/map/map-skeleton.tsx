import { Skeleton } from "../feedback/skeleton";

/** Where the map will be, before the first answer: cards of the right size in the usual order. */
export function MapSkeleton() {
  return (
    <div aria-busy="true" role="status" className="relative min-h-0 flex-1 overflow-hidden">
      <span className="sr-only">Loading the map…</span>
      <div className="absolute inset-0 flex items-center justify-center gap-16 opacity-60 max-md:hidden">
        {[2, 4, 3].map((cards, column) => (
          <div key={cards} className="space-y-5" style={{ marginTop: column * 24 }}>
            {Array.from({ length: cards }, (_, row) => `${cards} ${row}`).map((key) => (
              <Skeleton key={key} className="h-[58px] w-[212px] rounded-lg" />
            ))}
          </div>
        ))}
      </div>
      <div className="space-y-2 p-4 md:hidden">
        {Array.from({ length: 10 }, (_, row) => `row ${row}`).map((key) => (
          <Skeleton key={key} className="h-9 w-full" />
        ))}
      </div>
    </div>
  );
}
