import { Fault } from "@hopline/fault";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readSettings, type SettingsAnswer } from "../src/settings.js";

const schema = z.object({
  node: z.string().min(1, "it takes a name"),
  port: z.coerce.number({ error: "it takes a port number" }).int().max(65_535).default(4401),
  quiet: z.boolean().default(false),
  listen: z.array(z.string()).default([]),
});

function read(argv: string[], env: Record<string, string> = {}): SettingsAnswer<typeof schema> {
  return readSettings({
    command: "hopline test",
    about: "for tests",
    schema,
    sources: {
      node: { flag: "node", env: "NODE_NAME", about: "name" },
      port: { flag: "port", env: "PORT", about: "port" },
      quiet: { flag: "quiet", env: "QUIET", boolean: true, about: "says less" },
      listen: { flag: "listen", env: "LISTEN", multiple: true, about: "addresses" },
    },
    argv,
    env,
  });
}

function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
    throw thrown;
  }
  throw new Error("nothing was thrown");
}

test("flags win over the environment, and both over defaults", () => {
  const answer = read(["--node", "a", "--listen", "x", "--listen", "y"], {
    NODE_NAME: "b",
    PORT: "99",
    QUIET: "true",
  });
  expect(answer).toEqual({
    kind: "settings",
    settings: { node: "a", port: 99, quiet: true, listen: ["x", "y"] },
  });
});

test("a list in the environment is separated by commas, and an empty variable is not set", () => {
  const answer = read(["--node=a"], { LISTEN: "x, y", PORT: "" });
  expect(answer).toMatchObject({ settings: { listen: ["x", "y"], port: 4401 } });
});

test("--help lists every flag with its variable", () => {
  const answer = read(["--help"]);
  expect(answer.kind === "help" && answer.text).toMatch(/--port VALUE\s+port \(PORT\)/);
});

describe("what does not fit is named in one sentence", () => {
  test.each([
    [["--port", "80"], {}, /--node \(NODE_NAME\) is not set/],
    [["--node", "a", "--port", "many"], {}, /--port \(PORT\) is "many": it takes a port number/],
    [["--node", "a"], { PORT: "many" }, /--port \(PORT\) is "many"/],
    [["--node", "a"], { QUIET: "perhaps" }, /QUIET is "perhaps": it takes true or false/],
    [["--nod", "a"], {}, /'--nod'/],
    [["--node"], {}, /--node/],
    [["--node", "a", "stray"], {}, /stray/],
  ])("%j %j", (argv, env, expected) => {
    const fault = faultOf(() => read(argv, env));
    expect(fault.code).toBe("SETTINGS_INVALID");
    expect(fault.sentence).toMatch(expected);
    expect(fault.sentence).not.toContain("\n");
  });
});
