import { SocketAddress } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AddressIds } from "../src/naming/address-ids.js";
import { addressText } from "../src/naming/address-text.js";
import { addressBytes } from "./hop-batch-builder.js";

describe("addressText", () => {
  it.each([
    ["10.244.1.7", "10.244.1.7"],
    ["::", "::"],
    ["::1", "::1"],
    ["fd00::1", "fd00::1"],
    ["2001:db8::a:0:b", "2001:db8::a:0:b"],
  ])("writes %s", (text, expected) => {
    expect(addressText(addressBytes(text), 0)).toBe(expected);
  });

  it("writes what reads back as the same address (RFC 5952)", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 0, 0, 1, 0x20, 0xab12, 0xffff), { minLength: 8, maxLength: 8 }),
        (groups) => {
          const bytes = Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]));
          const long = groups.map((group) => group.toString(16)).join(":");
          const text = addressText(bytes, 0);
          // Node writes IPv6 as it was given; URL compresses as RFC 5952 asks, but for mapped addresses.
          if (!text.includes(".")) expect(`[${text}]`).toBe(new URL(`http://[${long}]`).hostname);
          expect(
            () => new SocketAddress({ address: text, family: text.includes(":") ? "ipv6" : "ipv4" }),
          ).not.toThrow();
        },
      ),
    );
  });
});

describe("AddressIds", () => {
  it("gives the same id to the same address and no two the same, past its first size", () => {
    const count = 5000;
    const column = new Uint8Array(count * 16);
    for (let row = 0; row < count; row++)
      column.set(addressBytes(`10.${row % 7}.${(row >> 8) & 255}.${row & 255}`), row * 16);
    const ids = new AddressIds();
    const texts = new Map<number, string>();
    for (let row = 0; row < count; row++) {
      const id = ids.idOf(column, row);
      const text = addressText(column, row * 16);
      expect(texts.get(id) ?? text).toBe(text);
      texts.set(id, text);
    }
    expect(texts.size).toBe(ids.count);
    expect(new Set(texts.values()).size).toBe(ids.count);
    for (const [id, text] of texts) expect(ids.textOf(id)).toBe(text);
  });
});
