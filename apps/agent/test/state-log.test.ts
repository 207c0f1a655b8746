import { Fault } from "@hopline/fault";
import { createLogger } from "@hopline/process";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { StateLog } from "../src/state-log.js";

describe("StateLog", () => {
  const logger = createLogger({ app: "test", level: "silent", format: "json" });
  const warn = vi.spyOn(logger, "warn");
  const info = vi.spyOn(logger, "info");
  const down = { kind: "waiting", fault: new Fault({ code: "DOWN", message: "It is down." }) };

  beforeEach(() => {
    warn.mockClear();
    info.mockClear();
  });

  it("says once that a part fails and once that it works again, however often it tries", () => {
    const log = new StateLog(logger);
    for (let attempt = 0; attempt < 3; attempt++) log.note("collector", down);
    expect(warn).toHaveBeenCalledTimes(1);
    log.note("collector", { kind: "idle" });
    log.note("collector", { kind: "sending" });
    expect(info).toHaveBeenCalledTimes(1);
    log.note("collector", {
      kind: "waiting",
      fault: new Fault({ code: "OTHER", message: "Another thing." }),
    });
    expect(warn).toHaveBeenCalledTimes(2);
  });

  it("is silent once the agent stops", () => {
    const log = new StateLog(logger);
    log.close();
    log.note("collector", down);
    log.warn("capture", down.fault);
    expect(warn).not.toHaveBeenCalled();
  });
});
