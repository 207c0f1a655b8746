import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import { AddressSet } from "../src/address-set.js";
import { addressText, parseAddress, parseNetwork } from "../src/ip-address.js";

const network4 = fc
  .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
  .map(([address, length]) => `${address}/${length}`);

describe("parseAddress", () => {
  it.each([
    ["10.0.0.1", "10.0.0.1"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["2001:DB8:0:0::1", "2001:db8::1"],
    ["::", "::"],
  ])("%s", (text, wanted) => {
    expect(addressText(parseAddress(text)!)).toBe(wanted);
  });

  it.each([
    "",
    "10.0.0",
    "10.0.0.256",
    "010.0.0.1",
    "0x0a.0.0.1",
    "10.0.0.1 ",
    "1::2::3",
    "fe80::1%eth0",
    "web",
  ])("%j is none", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe("parseNetwork", () => {
  it.each([
    "10.0.0.0",
    "10.0.0.0/",
    "10.0.0.0/33",
    "10.0.0.0/08",
    "10.0.0.0/-1",
    "::/129",
    "::ffff:10.0.0.0/104",
    "/8",
  ])("%j is none", (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });
});

describe("AddressSet", () => {
  it("agrees with matching each network by itself", () => {
    fc.assert(
      fc.property(
        fc.array(network4, { maxLength: 5 }),
        fc.array(network4, { maxLength: 3 }),
        fc.array(fc.ipV4(), { minLength: 1, maxLength: 20 }),
        (networks, except, addresses) => {
          const set = AddressSet.of(networks, except);
          const isIn = (address: string, cidrs: readonly string[]) =>
            cidrs.some((cidr) => ipaddr.IPv4.parse(address).match(ipaddr.IPv4.parseCIDR(cidr)));
          const borders = [...networks, ...except].map((cidr) => cidr.split("/")[0]!);
          for (const address of [...addresses, ...borders])
            expect(set.contains(parseAddress(address)!)).toBe(
              isIn(address, networks) && !isIn(address, except),
            );
        },
      ),
    );
  });

  it("keeps the families apart", () => {
    const set = AddressSet.of(["0.0.0.0/0", "2001:db8::/32"], ["2001:db8:1::/48"]);
    const isIn = (text: string) => set.contains(parseAddress(text)!);
    expect(["8.8.8.8", "::8.8.8.8", "2001:db8::1", "2001:db8:1::1"].map(isIn)).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});
