import { connectionDetailSchema, type Hop, PATHS } from "@hopline/api";
import { Fault } from "@hopline/fault";
import type { Command } from "commander";
import { endText } from "../connection-text.js";
import { bytesText, clockText, durationText } from "../quantities.js";
import { type TextColumn, textTable } from "../text-table.js";
import { type ApiOptions, apiClient, durationOption, withApi, wordOption } from "./api-options.js";

interface HopsOptions extends ApiOptions {
  readonly last: number;
  readonly output: "table" | "json";
}

const COLUMNS: readonly TextColumn<Hop>[] = [
  { title: "FLOW", text: (hop) => (hop.isReply ? "reply" : "forward") },
  { title: "NODE", text: (hop) => hop.node },
  { title: "INTERFACE", text: (hop) => hop.interface },
  { title: "ROLE", text: (hop) => hop.role },
  { title: "DIRECTION", text: (hop) => hop.direction },
  { title: "FIRST SEEN", text: (hop) => clockText(hop.firstSeen) },
  { title: "PACKETS", align: "right", text: (hop) => String(hop.packets) },
  { title: "PAYLOAD", align: "right", text: (hop) => bytesText(hop.payloadBytes) },
  { title: "RETRANSMITTED", align: "right", text: (hop) => bytesText(hop.retransmittedBytes) },
  { title: "HANDSHAKE", align: "right", text: (hop) => durationText(hop.handshakeUs) },
  {
    title: "TUNNEL",
    text: (hop) => (hop.vni === null ? "" : `vni ${hop.vni} ${hop.outerSource} > ${hop.outerDestination}`),
  },
];

/** `hopline hops ID`: what each hop of one connection counted, side by side. */
export function hopsCommand(program: Command): void {
  withApi(program.command("hops <id>"))
    .description(
      "the hop ledger of one connection: what each observation point counted (ids come from observe)",
    )
    .option("--last <duration>", "how far back", durationOption, 60 * 60_000)
    .option("-o, --output <form>", "table or json", wordOption("table", "json"), "table")
    .action(hops);
}

async function hops(id: string, options: HopsOptions): Promise<void> {
  if (!/^[0-9a-f]{16}$/.test(id)) {
    throw new Fault({
      code: "CONNECTION_ID_INVALID",
      message: `"${id}" is no connection id of 16 hexadecimal digits.`,
      hint: "The last column of hopline observe shows them.",
    });
  }
  const client = apiClient(options);
  try {
    const now = Date.now();
    const answer = await client.get(connectionDetailSchema, `${PATHS.connections}/${id}`, {
      from: now - options.last,
      to: now,
    });
    if (options.output === "json") {
      process.stdout.write(`${JSON.stringify(answer)}\n`);
      return;
    }
    const { client: from, server: to, service, outcome, protocol } = answer.connection;
    const by = service === null ? "" : ` by service ${service.namespace}/${service.name}`;
    process.stdout.write(
      `${protocol} ${endText(from)} to ${endText(to)}${by}: ${outcome}\n\n${textTable(COLUMNS, answer.hops)}`,
    );
  } finally {
    await client.close();
  }
}
