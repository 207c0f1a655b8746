import type { Metadata } from "next";
import { AuditScreen } from "./audit-screen";

export const metadata: Metadata = { title: "Audit" };

/** Nothing is loaded here: who looks is written down, so the browser's own request is the one that asks. */
export default function AuditPage() {
  return <AuditScreen />;
}
