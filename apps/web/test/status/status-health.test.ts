import { describe, expect, it } from "vitest";
import { healthOf } from "../../src/components/status/status-health";
import { statusAnswer } from "../fixture/answers";
import { EMPTY_WORLD } from "../fixture/world";

const status = statusAnswer(EMPTY_WORLD, 1_795_220_000_000, 1_795_210_000_000);
const whole = {
  ...status,
  agents: status.agents.map((agent) => ({ ...agent, state: "live" as const, droppedFrames: 0 })),
  alerting: { ...status.alerting, receivers: [] },
  watches: status.watches.map((watch) => ({ ...watch, state: "watching", lastError: null })),
};

describe("healthOf", () => {
  it("is good only where nothing is missing", () => {
    expect(healthOf(whole)).toEqual({
      ...{ level: "good", title: "2 agents live" },
      ...{ findings: [], reasons: [] },
    });
    expect(healthOf(undefined).level).toBe("unknown");
  });

  it("names late agents, drops and broken watches", () => {
    const { level, title, reasons } = healthOf(status);
    expect(level).toBe("warn");
    expect(title).toBe("4 problems");
    expect(reasons[0]).toContain("node2 is late");
    expect(reasons[1]).toContain("1,204 frames");
    expect(reasons[2]).toContain("namespaces");
  });

  it.each([
    [
      "a store that is away",
      { ...whole, store: { ...whole.store, state: "unavailable" as const, lastError: "gone" } },
    ],
    ["no agents", { ...whole, agents: [] }],
    [
      "a silent agent",
      { ...whole, agents: whole.agents.map((agent) => ({ ...agent, state: "silent" as const })) },
    ],
  ])("is bad with %s", (_, given) => expect(healthOf(given).level).toBe("bad"));
});
