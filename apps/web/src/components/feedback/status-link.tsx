import Link from "next/link";

/** To the page that says whether agents report at all. */
export function StatusLink() {
  return (
    <Link href="/status" prefetch={false} className="font-medium text-accent underline underline-offset-2">
      Open status
    </Link>
  );
}
