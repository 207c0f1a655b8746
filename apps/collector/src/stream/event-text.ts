/** One server-sent event (WHATWG HTML, server-sent events): its data is one line of JSON. */
export function eventText(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
