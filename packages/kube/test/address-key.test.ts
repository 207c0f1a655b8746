import { describe, expect, it } from "vitest";
import { addressInNetwork, addressKey, addressText } from "../src/address-key.js";

describe("addresses", () => {
  it("have one key, however they are written", () => {
    const bytes = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 1, 2, 3]);
    expect(addressKey("10.1.2.3")).toBe(addressKey(bytes));
    expect(addressKey("::ffff:10.1.2.3")).toBe(addressKey(bytes));
    expect(addressKey("fd00::1")).toBe(addressKey("FD00:0:0:0:0:0:0:1"));
    expect(addressKey("10.1.2.3.4")).toBeUndefined();
    expect(addressText(bytes)).toBe("10.1.2.3");
    expect(addressText("FD00:0:0:0::1")).toBe("fd00::1");
  });

  it.each([
    ["10.244.1.0/24", 1, "10.244.1.1"],
    ["10.244.1.7/24", 0, "10.244.1.0"],
    ["fd00:10:244::/64", 1, "fd00:10:244::1"],
    ["10.0.0.4/32", 1, undefined],
    ["10.0.0.4/31", 1, "10.0.0.5"],
  ])("in %s at %d", (cidr, offset, address) => {
    expect(addressInNetwork(cidr, offset)).toBe(address);
  });

  it("a network that is none is a fault", () => {
    expect(() => addressInNetwork("10.0.0.0", 1)).toThrow(/"10.0.0.0" is no network/);
  });
});
