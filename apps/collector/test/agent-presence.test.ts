import { describe, expect, it } from "vitest";
import { AgentPresence } from "../src/naming/agent-presence.js";

function presenceAt(nowMs = 0) {
  const time = { nowMs };
  const presence = new AgentPresence({ now: () => time.nowMs, graceMs: 3000, silentAfterMs: 120_000 });
  return { presence, time };
}

describe("AgentPresence", () => {
  it("waits the grace for a node that it never heard, then has it absent", () => {
    const { presence, time } = presenceAt();
    expect(presence.ask("n1", 100)).toBe("undecided");
    time.nowMs = 2999;
    expect(presence.ask("n1", 100)).toBe("undecided");
    time.nowMs = 3000;
    expect(presence.ask("n1", 100)).toBe("absent");
  });

  it("has a node present as soon as it is heard", () => {
    const { presence } = presenceAt();
    presence.ask("n1", 100);
    presence.heard("n1", 90);
    expect(presence.ask("n1", 100)).toBe("present");
  });

  it("keeps to what was acted on, whatever comes later", () => {
    const { presence, time } = presenceAt();
    presence.ask("n1", 100);
    time.nowMs = 3000;
    presence.decideAbsent("n1", 100);
    presence.heard("n1", 100);
    expect(presence.ask("n1", 100)).toBe("absent");
    expect(presence.ask("n1", 90), "older windows as well").toBe("absent");
    expect(presence.ask("n1", 110)).toBe("present");
  });

  it("has a silent node absent after its last window only, and back when it speaks again", () => {
    const { presence, time } = presenceAt();
    presence.heard("n1", 100);
    time.nowMs = 119_999;
    expect(presence.ask("n1", 210)).toBe("present");
    time.nowMs = 120_000;
    expect(presence.ask("n1", 210)).toBe("absent");
    expect(presence.ask("n1", 100)).toBe("present");
    presence.decideAbsent("n1", 210);
    presence.heard("n1", 220);
    expect(presence.ask("n1", 210), "kept on its disk, told by the other end meanwhile").toBe("absent");
    expect(presence.ask("n1", 220)).toBe("present");
  });

  it("believes what the store knows of agents", () => {
    const { presence } = presenceAt(1000);
    presence.restore("n1", 50, 1000);
    expect(presence.ask("n1", 60)).toBe("present");
  });

  it("remembers a bounded number of absences, joining the oldest", () => {
    const { presence, time } = presenceAt();
    presence.heard("n1", 0);
    for (let round = 1; round <= 40; round++) {
      time.nowMs += 120_000;
      presence.decideAbsent("n1", round * 100);
      presence.heard("n1", round * 100 + 10);
    }
    expect(presence.ask("n1", 100)).toBe("absent");
    expect(presence.ask("n1", 4000)).toBe("absent");
    expect(presence.ask("n1", 4010)).toBe("present");
  });
});
