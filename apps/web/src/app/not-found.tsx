import { Waypoints } from "lucide-react";
import Link from "next/link";
import { EmptyState } from "../components/feedback/empty-state";

export default function NotFound() {
  return (
    <EmptyState
      icon={<Waypoints size={20} aria-hidden />}
      title="No such page"
      actions={
        <Link href="/map" className="font-medium text-accent underline underline-offset-2">
          Open the map
        </Link>
      }
    >
      The address may be from another version of Hopline.
    </EmptyState>
  );
}
