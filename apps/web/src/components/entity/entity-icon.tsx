import type { EntityKind } from "@hopline/api";
import { Box, CircleHelp, Globe, Layers, type LucideIcon, Network, Server } from "lucide-react";

const ICONS: Record<EntityKind, LucideIcon> = {
  workload: Box,
  node: Server,
  service: Network,
  external: Globe,
  unknown: CircleHelp,
};

export function EntityIcon({
  kind,
  collapsed = false,
  size = 15,
}: {
  kind: EntityKind;
  collapsed?: boolean;
  size?: number;
}) {
  const Icon = collapsed ? Layers : ICONS[kind];
  return <Icon size={size} aria-hidden className="shrink-0" />;
}
