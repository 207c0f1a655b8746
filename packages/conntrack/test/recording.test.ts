import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { RECORD_DESTROY, RECORD_NEW } from "../src/conntrack-record.js";
import { ConntrackRecorder, readRecording } from "../src/recording.js";
import { record, tuple } from "./records.js";

const folder = mkdtempSync(join(tmpdir(), "hopline-conntrack-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a recording", () => {
  it("gives back what was written", async () => {
    const path = join(folder, "log.jsonl");
    const records = [
      record(RECORD_NEW, 1, 2, tuple("10.0.0.1:1", "10.0.0.2:2"), tuple("10.0.0.3:3", "10.0.0.1:1"), 4),
      record(
        RECORD_DESTROY,
        5,
        6,
        tuple("[fd00::1]:7", "[fd00::2]:7", 58),
        tuple("[fd00::2]:7", "[fd00::1]:7", 58),
      ),
    ];
    const recorder = new ConntrackRecorder(path);
    await recorder.start();
    for (const each of records) recorder.write(each);
    await recorder.stop();
    const read: unknown[] = [];
    await readRecording(path, (each) => read.push(structuredClone(each)));
    expect(read).toEqual(records);
  });

  it.each([
    ["no json", /log-bad\.jsonl, line 2: it is no JSON\./],
    ['{"event":"born"}', /line 2: its "event" is none of/],
    [
      '{"event":"new","timeUs":1,"id":1,"protocol":6,"original":["10.0.0.1",1,"x",2],"reply":[]}',
      /line 2: its "original"/,
    ],
  ])("refuses %s, naming file and line", async (line, message) => {
    const path = join(folder, "log-bad.jsonl");
    writeFileSync(path, `\n${line}\n`);
    await expect(readRecording(path, () => undefined)).rejects.toMatchObject({
      code: "CONNTRACK_LOG_INVALID",
      message: expect.stringMatching(message),
    });
  });

  it("says so when there is no such file", async () => {
    await expect(readRecording(join(folder, "none"), () => undefined)).rejects.toMatchObject({
      code: "CONNTRACK_LOG_UNREADABLE",
    });
  });
});
