import { readSettings } from "@hopline/process";
import { describe, expect, it } from "vitest";
import { capturedRoles, settingSources, settingsSchema } from "../src/settings.js";

function read(argv: string[], env: Record<string, string> = {}) {
  const answer = readSettings({
    command: "hopline agent",
    about: "",
    schema: settingsSchema,
    sources: settingSources,
    argv,
    env,
  });
  if (answer.kind === "help") throw new Error("help");
  return answer.settings;
}

const collector = ["--collector", "http://collector:4401"];

describe("the agent's settings", () => {
  it("have defaults for all but the collector", () => {
    const settings = read(collector);
    expect(settings).toMatchObject({
      capture: "ring",
      snapLength: 192,
      cpuBudget: 50,
      spoolMib: 2 ** 30,
      replayShift: "now",
      nflogGroups: [100],
    });
    expect([...capturedRoles(settings)]).toEqual(["pod", "uplink"]);
    expect([...capturedRoles(read([...collector, "--capture", "pcap"]))]).toEqual([
      "pod",
      "bridge",
      "tunnel",
      "uplink",
    ]);
    expect(() => read([])).toThrow(/--collector \(HOPLINE_COLLECTOR\) is not set/);
  });

  it("come from the environment, and flags go first", () => {
    const env = {
      HOPLINE_COLLECTOR: "unix:/a",
      HOPLINE_NODE: "n1",
      HOPLINE_NODE_ADDRESS: "10.0.0.1, fd00::1",
    };
    expect(read(["--node", "n2"], env)).toMatchObject({
      collector: "unix:/a",
      node: "n2",
      nodeAddresses: ["10.0.0.1", "fd00::1"],
    });
  });

  it("take roles, shifts and addresses in their forms", () => {
    expect(read([...collector, "--roles", "pod, uplink"]).roles).toEqual(new Set(["pod", "uplink"]));
    expect(read([...collector, "--replay-shift", "none"]).replayShift).toBe(0);
    expect(read([...collector, "--replay-shift=-12.5"]).replayShift).toBe(-12.5);
    expect(read([...collector, "--metrics-address", "[::1]:4402"]).metricsAddress).toEqual({
      host: "::1",
      port: 4402,
    });
  });

  it.each([
    ["--roles", "pods", /--roles.* is "pods": it takes some of pod, bridge/],
    ["--capture", "pf_ring", /it takes ring, cap or pcap/],
    ["--snap-length", "20", /it takes at least 64/],
    ["--cpu-budget", "0", /it takes at least 1/],
    ["--data-dir", "/proc/self/spool", /none of the kernel.s/],
    ["--ring-block-kib", "100", /it takes a power of two/],
    ["--metrics-address", "4402", /it takes HOST:PORT/],
    ["--replay-shift", "later", /it takes now, none or a number of seconds/],
    ["--node-address", "node1", /it takes IP addresses/],
  ])("refuse %s %s", (flag, value, message) => {
    expect(() => read([...collector, flag, value])).toThrow(message);
  });

  it("name the groups in which rules log what they drop", () => {
    const groups = (text: string) => read([...collector, "--nflog-groups", text]).nflogGroups;
    expect(groups("100,1, 2,1")).toEqual([100, 1, 2]);
    expect(groups("none")).toEqual([]);
    for (const text of ["", "65536", "1;2", "all"])
      expect(() => groups(text)).toThrow(/it takes none, or numbers/);
  });
});
