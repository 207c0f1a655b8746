import { describe, expect, it } from "vitest";
import { groupAddresses } from "../src/address-groups.js";
import { parseAddress } from "../src/ip-address.js";

const addresses = (...texts: string[]) => texts.flatMap((text) => parseAddress(text) ?? []);
const cidrs = (texts: string[], most: number, taken: string[] = []) =>
  groupAddresses(addresses(...texts), most, addresses(...taken)).map(({ cidr }) => cidr);

describe("groups of addresses", () => {
  it("are the addresses themselves where those are few", () => {
    expect(cidrs(["8.8.8.8", "8.8.4.4", "8.8.8.8", "2001:db8::1"], 2)).toEqual([
      "8.8.4.4/32",
      "8.8.8.8/32",
      "2001:db8::1/128",
    ]);
  });

  it("grow by the least that makes them few", () => {
    expect(cidrs(["203.0.113.4", "203.0.113.5", "203.0.113.77", "198.51.100.1"], 2)).toEqual([
      "198.51.100.1/32",
      "203.0.113.0/25",
    ]);
  });

  it("cover no address of the cluster, and do not mix private and public", () => {
    expect(cidrs(["10.0.0.1", "10.0.0.3"], 1)).toEqual(["10.0.0.0/30"]);
    expect(cidrs(["10.0.0.1", "10.0.0.3"], 1, ["10.0.0.2"])).toEqual(["10.0.0.1/32", "10.0.0.3/32"]);
    expect(cidrs(["10.255.255.255", "11.0.0.0"], 1)).toEqual(["10.255.255.255/32", "11.0.0.0/32"]);
  });

  it("are all public addresses where the world is there, with private ones apart", () => {
    const world = Array.from({ length: 40 }, (_, at) => `${20 + at * 4}.1.2.3`).filter(
      (address) => !address.startsWith("172.") && !address.startsWith("100."),
    );
    const groups = groupAddresses(addresses(...world, "192.168.7.7"), 8);
    expect(groups.map(({ cidr, addresses: count }) => [cidr, count])).toEqual([
      ["192.168.7.7/32", 1],
      ["0.0.0.0/0", 38],
    ]);
    expect(groups[1]?.except).toContain("192.168.0.0/16");
  });
});
