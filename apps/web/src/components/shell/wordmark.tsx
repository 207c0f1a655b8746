/** The name and its sign: three hops on one line. */
export function Wordmark() {
  return (
    <div className="flex h-13 items-center gap-2 px-3.5 xl:px-4">
      <svg viewBox="0 0 32 32" className="size-7 shrink-0" role="img" aria-label="Hopline">
        <rect width="32" height="32" rx="8" fill="var(--accent)" />
        <path
          d="M6.5 21c3.6 0 3.4-10 7.5-10s3.9 10 8 10c2.4 0 2.4-3.6 3.5-6"
          fill="none"
          stroke="var(--on-accent)"
          strokeOpacity="0.55"
          strokeWidth="2.2"
          strokeLinecap="round"
        />
        <circle cx="6.5" cy="21" r="2.9" fill="var(--on-accent)" />
        <circle cx="14" cy="11" r="2.9" fill="var(--on-accent)" />
        <circle cx="22" cy="21" r="2.9" fill="var(--on-accent)" />
      </svg>
      <span aria-hidden className="hidden text-lg font-semibold tracking-tight xl:inline">
        Hopline
      </span>
    </div>
  );
}
