import { Activity, ListTree, type LucideIcon, Waypoints } from "lucide-react";

export interface Page {
  readonly href: string;
  readonly name: string;
  readonly icon: LucideIcon;
}

/** What the navigation shows, in this order. */
export const PAGES: readonly Page[] = [
  { href: "/map", name: "Map", icon: Waypoints },
  { href: "/flows", name: "Flows", icon: ListTree },
  { href: "/status", name: "Status", icon: Activity },
];
