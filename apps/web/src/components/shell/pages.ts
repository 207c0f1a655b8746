import {
  Activity,
  BellRing,
  BookOpenText,
  FileCheck2,
  ListTree,
  type LucideIcon,
  ShieldCheck,
  Unplug,
  Waypoints,
} from "lucide-react";

export interface Page {
  readonly href: string;
  readonly name: string;
  readonly icon: LucideIcon;
}

/** What the navigation shows, in this order. On a narrow screen the first {@link BAR_PAGES} stand in the bar, the rest on a sheet. */
export const PAGES: readonly Page[] = [
  { href: "/map", name: "Map", icon: Waypoints },
  { href: "/flows", name: "Flows", icon: ListTree },
  { href: "/alerts", name: "Alerts", icon: BellRing },
  { href: "/loss", name: "Loss", icon: Unplug },
  { href: "/dns", name: "DNS", icon: BookOpenText },
  { href: "/policy", name: "Policy", icon: ShieldCheck },
  { href: "/audit", name: "Audit", icon: FileCheck2 },
  { href: "/status", name: "Status", icon: Activity },
];

export const BAR_PAGES = 4;
