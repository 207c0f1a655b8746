"use client";

import { type AuditFormat, type AuditQuery, PATHS, type TimeRange } from "@hopline/api";
import { Archive, Braces, Download, FileSpreadsheet, type LucideIcon, Printer, Table2 } from "lucide-react";
import { type QueryValues, queryText } from "../../collector/query-text";
import { Button, buttonClass } from "../controls/button";
import { Popover } from "../controls/popover";

const FILES: readonly { format: AuditFormat; name: string; about: string; icon: LucideIcon }[] = [
  {
    format: "tar",
    name: "Everything, with sums",
    about: "all files and the report in a tar; sha256sum -c checks them",
    icon: Archive,
  },
  { format: "csv", name: "CSV", about: "for a spreadsheet", icon: FileSpreadsheet },
  { format: "jsonl", name: "JSON lines", about: "a row a line", icon: Braces },
  { format: "parquet", name: "Parquet", about: "for a data warehouse", icon: Table2 },
];

/** Files of exactly what is shown, and the report to print. */
export function ExportMenu({
  filter,
  sort,
  range,
}: {
  filter: QueryValues;
  sort: AuditQuery["sort"];
  range: TimeRange;
}) {
  const href = (format: AuditFormat) =>
    `${PATHS.auditExport}${queryText({ ...filter, sort, ...range, format })}`;
  return (
    <>
      <a href={href("html")} target="_blank" rel="noreferrer" className={buttonClass()}>
        <Printer size={14} aria-hidden />
        Report
      </a>
      <Popover
        label="Export"
        align="end"
        className="w-72"
        trigger={
          <Button>
            <Download size={14} aria-hidden />
            Export
          </Button>
        }
      >
        <ul>
          {FILES.map(({ format, name, about, icon: Icon }) => (
            <li key={format}>
              <a
                href={href(format)}
                download
                className="flex items-start gap-2.5 rounded-md px-2 py-1.5 hover:bg-sunken"
              >
                <Icon size={15} aria-hidden className="mt-0.5 shrink-0 text-muted" />
                <span className="min-w-0">
                  <span className="block text-sm font-medium">{name}</span>
                  <span className="block text-2xs text-muted">{about}</span>
                </span>
              </a>
            </li>
          ))}
        </ul>
        <p className="border-t border-line px-2 pt-1.5 pb-0.5 text-2xs text-muted">
          The rows of this view and range. Each export is written down in the audit log.
        </p>
      </Popover>
    </>
  );
}
