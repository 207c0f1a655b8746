import { Activity, BookOpenText, ListTree, type LucideIcon, Unplug, Waypoints } from "lucide-react";

export interface Page {
  readonly href: string;
  readonly name: string;
  readonly icon: LucideIcon;
}

/** What the navigation shows, in this order. */
export const PAGES: readonly Page[] = [
  { href: "/map", name: "Map", icon: Waypoints },
  { href: "/flows", name: "Flows", icon: ListTree },
  { href: "/loss", name: "Loss", icon: Unplug },
  { href: "/dns", name: "DNS", icon: BookOpenText },
  { href: "/status", name: "Status", icon: Activity },
];
