/** One line of comma-separated values, ended as RFC 4180 wants it; fields with commas, quotes or line breaks are quoted. */
export function csvLine(fields: readonly (string | number | null)[]): string {
  return `${fields.map(field).join(",")}\r\n`;
}

function field(value: string | number | null): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
