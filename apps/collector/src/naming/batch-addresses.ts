import type { HopTable } from "../ingest/hop-table.js";
import { AddressIds } from "./address-ids.js";

/** The addresses of a batch as small numbers, one array a column. Made once, however often the batch is named. */
export interface BatchAddresses {
  readonly ids: AddressIds;
  readonly client: Uint32Array;
  readonly server: Uint32Array;
  readonly originalClient: Uint32Array;
  readonly originalServer: Uint32Array;
  readonly attached: Uint32Array;
}

export function numberAddresses(table: HopTable): BatchAddresses {
  const ids = new AddressIds();
  const column = (addresses: Uint8Array): Uint32Array => {
    const numbers = new Uint32Array(table.count);
    for (let row = 0; row < table.count; row++) numbers[row] = ids.idOf(addresses, row);
    return numbers;
  };
  return {
    ids,
    client: column(table.clientAddresses),
    server: column(table.serverAddresses),
    originalClient: column(table.originalClientAddresses),
    originalServer: column(table.originalServerAddresses),
    attached: column(table.attachedAddresses),
  };
}
