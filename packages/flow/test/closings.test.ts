import { describe, expect, it } from "vitest";
import { FlowTable } from "../src/flow-table.js";
import { CLOSING_FIN, CLOSING_NONE, CLOSING_RST } from "../src/row-flags.js";
import { ACK, count, FIN, fromClient, fromServer, type PacketFields, RST, SYN } from "./packets.js";
import { rowsOf } from "./rows.js";

/** [source, second of the window, closing] of each row. */
function closingsAfter(...packets: readonly PacketFields[]): unknown[] {
  const table = new FlowTable({ capacity: 64 });
  count(table, ...packets);
  return rowsOf(table.flush()).map((row) => [
    row.source === "10.0.0.1" ? "client" : "server",
    row.windowS,
    row.closings,
  ]);
}

const opening = [
  fromClient({ flags: SYN, sequence: 0 }),
  fromServer({ flags: SYN | ACK, sequence: 0, acknowledgement: 1 }),
  fromClient({ flags: ACK, sequence: 1, acknowledgement: 1 }),
];
const clientFin = fromClient({ flags: FIN | ACK, sequence: 1, acknowledgement: 1 });
const serverFin = fromServer({ flags: FIN | ACK, sequence: 1, acknowledgement: 1 });
const clientReset = fromClient({ flags: RST, sequence: 1 });
const serverReset = fromServer({ flags: RST | ACK, sequence: 1 });

describe("who closed", () => {
  it.each([
    ["nobody", [], CLOSING_NONE, CLOSING_NONE],
    ["the client, by the first FIN", [clientFin, serverFin], CLOSING_FIN, CLOSING_NONE],
    ["the server, by the first FIN", [serverFin, clientFin], CLOSING_NONE, CLOSING_FIN],
    ["the client, by a FIN that nobody answered", [clientFin, clientFin], CLOSING_FIN, CLOSING_NONE],
    ["the client, by RST", [clientReset], CLOSING_RST, CLOSING_NONE],
    ["the server, by RST", [serverReset], CLOSING_NONE, CLOSING_RST],
    ["the first RST only", [serverReset, clientReset, serverReset], CLOSING_NONE, CLOSING_RST],
    [
      "the server, by RST of what the client had half closed",
      [clientFin, serverReset],
      CLOSING_FIN,
      CLOSING_RST,
    ],
    ["no RST of what was closed", [clientFin, serverFin, clientReset], CLOSING_FIN, CLOSING_NONE],
    ["no FIN of what was reset", [serverReset, clientFin], CLOSING_FIN, CLOSING_RST],
  ])("%s", (_, ending, client, server) => {
    expect(closingsAfter(...opening, ...ending)).toEqual([
      ["client", 0, client],
      ["server", 0, server],
    ]);
  });

  it("is said once, in the window in which it happened", () => {
    const again = { ...clientFin, atMs: 12_000 };
    expect(closingsAfter(...opening, clientFin, again, { ...serverFin, atMs: 13_000 })).toEqual([
      ["client", 0, CLOSING_FIN],
      ["server", 0, CLOSING_NONE],
      ["client", 10, CLOSING_NONE],
      ["server", 10, CLOSING_NONE],
    ]);
  });

  it("belongs to each connection of a tuple by itself", () => {
    expect(
      closingsAfter(...opening, clientFin, serverFin, fromClient({ flags: SYN, sequence: 5_000 })),
    ).toEqual([
      ["client", 0, CLOSING_FIN],
      ["server", 0, CLOSING_NONE],
      ["client", 0, CLOSING_NONE],
    ]);
  });
});
