import { createHash } from "node:crypto";
import type { AuditExportQuery, AuditManifest, TimeRange } from "@hopline/api";
import type { AuditSnapshot } from "@hopline/store";
import type { Clock } from "../clock.js";
import type { StoreKeeper } from "../store-keeper.js";
import { VERSION } from "../version.js";
import { auditCompleteness } from "./audit-completeness.js";
import { auditReport, REPORT_ROWS, type ReportPart } from "./audit-report.js";
import { scopeText } from "./scope-text.js";
import { type ArchivedFile, tarArchive } from "./tar-archive.js";

/** A file as it is sent. */
export interface AuditFile {
  readonly name: string;
  readonly type: string;
  readonly content: Buffer;
  readonly sha256: string;
  readonly rows: number;
  readonly range: TimeRange;
}

const TYPES: Readonly<Record<AuditExportQuery["format"], string>> = {
  csv: "text/csv; charset=utf-8",
  jsonl: "application/jsonl; charset=utf-8",
  parquet: "application/vnd.apache.parquet",
  html: "text/html; charset=utf-8",
  tar: "application/x-tar",
};
/** What a report says beside the rows. */
type About = Omit<ReportPart, "range" | "rows" | "total" | "totals" | "files">;

const DATA_FORMATS = ["csv", "jsonl", "parquet"] as const;

/** Makes the files of an audit, one export at a time: each is in memory until it is sent. */
export class AuditExport {
  readonly #parts: { readonly keeper: StoreKeeper; readonly clock: Clock };
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: { readonly keeper: StoreKeeper; readonly clock: Clock }) {
    this.#parts = parts;
  }

  /**
   * @param madeBy who asks, for the report and the manifest.
   * @throws Fault `AUDIT_TOO_LARGE` and those of the store.
   */
  make(query: AuditExportQuery, madeBy: string): Promise<AuditFile> {
    const made = this.#last.then(() => this.#make(query, madeBy));
    this.#last = made.catch(() => {});
    return made;
  }

  async #make(query: AuditExportQuery, madeBy: string): Promise<AuditFile> {
    const { keeper, clock } = this.#parts;
    const { format, ...scope } = query;
    const madeAt = clock.now();
    // The range stands still from here on.
    const fixed = { ...scope, to: scope.to ?? madeAt };
    const record = await keeper.use("audit record", (store) => store.auditRecord(fixed));
    const completeness = auditCompleteness(record);
    return keeper.use("audit export", (store) =>
      store.withAuditSnapshot(fixed, async (snapshot) => {
        const about = { madeAt, madeBy, version: VERSION, scope: fixed, completeness };
        const content = await contentOf(format, snapshot, about);
        return {
          name: `${baseName(snapshot.range)}.${format}`,
          type: TYPES[format],
          content,
          sha256: sha256(content),
          rows: snapshot.total,
          range: snapshot.range,
        };
      }),
    );
  }
}

async function contentOf(
  format: AuditExportQuery["format"],
  snapshot: AuditSnapshot,
  about: About,
): Promise<Buffer> {
  if (format === "tar") return archive(snapshot, about);
  if (format === "html") return report(snapshot, about, []);
  return Buffer.from(await snapshot.file(format));
}

async function report(snapshot: AuditSnapshot, about: About, files: AuditManifest["files"]): Promise<Buffer> {
  const { range, total, totals } = snapshot;
  const rows = await snapshot.rows(REPORT_ROWS);
  return Buffer.from(auditReport({ ...about, range, total, totals, rows, files }));
}

/** All files in a folder, with their sums as `sha256sum` writes and checks them. */
async function archive(snapshot: AuditSnapshot, about: About): Promise<Buffer> {
  const data: ArchivedFile[] = [];
  for (const format of DATA_FORMATS)
    data.push({ name: `audit.${format}`, content: await snapshot.file(format) });
  const page = { name: "report.html", content: await report(snapshot, about, data.map(describeFile)) };
  const { range, total, totals } = snapshot;
  const manifest: AuditManifest = {
    tool: "hopline",
    version: about.version,
    madeAt: about.madeAt,
    madeBy: about.madeBy,
    range,
    scope: scopeText(about.scope),
    rows: total,
    totals,
    completeness: about.completeness,
    files: [...data, page].map(describeFile),
  };
  const text = { name: "manifest.json", content: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) };
  const files = [...data, page, text];
  const sums = files.map(({ name, content }) => `${sha256(content)}  ${name}\n`).join("");
  const folder = baseName(range);
  return tarArchive(
    [...files, { name: "SHA256SUMS", content: Buffer.from(sums) }].map(({ name, content }) => ({
      name: `${folder}/${name}`,
      content,
    })),
    about.madeAt,
  );
}

function describeFile({ name, content }: ArchivedFile): AuditManifest["files"][number] {
  return { name, bytes: content.length, sha256: sha256(content) };
}

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** `hopline-audit-20261121T150000Z-20261121T160000Z`. */
function baseName({ from, to }: TimeRange): string {
  const stamp = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  return `hopline-audit-${stamp(from)}-${stamp(to)}`;
}
