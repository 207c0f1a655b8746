import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatAddress,
  isIpv4,
  isUnspecified,
  parseAddress,
  parseAddressInto,
  sameAddress,
} from "../src/address.js";

describe("addresses as text", () => {
  it.each([
    ["10.244.1.2", "00000000000000000000ffff0af40102"],
    ["0.0.0.0", "00000000000000000000ffff00000000"],
    ["255.255.255.255", "00000000000000000000ffffffffffff"],
    ["::", "00000000000000000000000000000000"],
    ["::1", "00000000000000000000000000000001"],
    ["1::", "00010000000000000000000000000000"],
    ["fd00::1:2", "fd000000000000000000000000010002"],
    ["2001:db8:0:1:1:1:1:1", "20010db8000000010001000100010001"],
    ["2001:0:0:1::1", "20010000000000010000000000000001"],
    ["2001:db8::1:0:0:1", "20010db8000000000001000000000001"],
  ])("%s", (text, hex) => {
    const bytes = parseAddress(text);
    expect(bytes === undefined ? undefined : Buffer.from(bytes).toString("hex")).toBe(hex);
    expect(formatAddress(Buffer.from(hex, "hex"))).toBe(text);
  });

  it.each([
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["FD00::000A", "fd00::a"],
    ["64:ff9b::1.2.3.4", "64:ff9b::102:304"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
  ])("reads %s as %s", (text, canonical) => {
    expect(formatAddress(parseAddress(text) ?? new Uint8Array())).toBe(canonical);
  });

  it.each([
    "",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.",
    "1.2.3.-4",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "12345::",
    "g::",
    "fe80::1%eth0",
    "fd00::/8",
    "::1.2.3",
    "1.2.3.4::",
    "10.0.0.1/8",
  ])("refuses %j", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it("gives back any 16 bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(parseAddress(formatAddress(bytes))).toEqual(new Uint8Array(bytes));
      }),
    );
    const zeroed = fc.array(fc.constantFrom(0, 1, 0xff), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(zeroed, (bytes) => {
        expect(parseAddress(formatAddress(Uint8Array.from(bytes)))).toEqual(Uint8Array.from(bytes));
      }),
    );
  });

  it("works at an offset", () => {
    const column = new Uint8Array(48);
    expect(parseAddressInto("10.0.0.7", column, 16)).toBe(true);
    expect(formatAddress(column, 16)).toBe("10.0.0.7");
    expect(isIpv4(column, 16)).toBe(true);
    expect(isUnspecified(column, 32)).toBe(true);
    expect(isUnspecified(column, 16)).toBe(false);
    expect(sameAddress(column, 16, parseAddress("10.0.0.7") ?? column, 0)).toBe(true);
    expect(sameAddress(column, 16, column, 0)).toBe(false);
  });
});
