/**
 * What one frame is, in words that both sides can say: addresses as text, numbers unsigned. What a packet has not
 * (flags of a UDP packet, outer addresses of a plain one) has no entry.
 */
export type PacketRecord = Readonly<Record<string, string | number>>;

/** A record without the entries that are undefined. */
export function recordOf(entries: Readonly<Record<string, string | number | undefined>>): PacketRecord {
  const record: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(entries)) if (value !== undefined) record[name] = value;
  return record;
}
