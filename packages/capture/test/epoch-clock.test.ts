import { expect, test } from "vitest";
import { EpochClock } from "../src/cap/epoch-clock.js";

test("goes on evenly between the wall clock's steps, and follows it when it is set", () => {
  let wallMs = 1000;
  let steadyMs = 10.25;
  const clock = new EpochClock(
    () => wallMs,
    () => steadyMs,
  );
  expect(clock.nowUs()).toBe(1_000_000);
  steadyMs += 0.5;
  expect(clock.nowUs()).toBe(1_000_500);
  wallMs += 1;
  clock.follow();
  expect(clock.nowUs()).toBe(1_000_500);
  wallMs += 3_600_000;
  clock.follow();
  expect(clock.nowUs()).toBe(3_601_001_000);
});
