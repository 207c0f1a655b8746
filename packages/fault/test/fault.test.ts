import { expect, test } from "vitest";
import { describe as describeThrown, Fault, systemCode } from "../src/fault.js";

test("a fault says what, where and what to do in one line", () => {
  const fault = new Fault({ code: "PORT_TAKEN", message: "Port 80 is taken.", hint: "Choose another." });
  expect(fault.sentence).toBe("Port 80 is taken. Choose another.");
  expect(fault.code).toBe("PORT_TAKEN");
});

test("whatever was thrown becomes one line", () => {
  expect(describeThrown(new Error("first\n   second"))).toBe("first second");
  expect(describeThrown("text")).toBe("text");
  expect(describeThrown(new AggregateError([new Error("a"), new Error("b")]))).toBe("a; b");
});

test("only a string is a system code", () => {
  expect(systemCode(Object.assign(new Error("x"), { code: "ENOENT" }))).toBe("ENOENT");
  expect(systemCode({ code: 5 })).toBeUndefined();
  expect(systemCode(null)).toBeUndefined();
});
