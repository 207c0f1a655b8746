import { expect, it } from "vitest";
import { agentEvents } from "../src/index.js";

it("names what the bits of agent_flags stand for", () => {
  expect(agentEvents(0)).toEqual([]);
  expect(agentEvents(8)).toEqual(["late-interface"]);
  expect(agentEvents(1 | 2 | 4 | 8)).toEqual(["started", "stopped", "lost-batches", "late-interface"]);
});
