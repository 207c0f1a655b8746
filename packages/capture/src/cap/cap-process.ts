/**
 * The process behind `openCap`. The package `cap` works on a process's main thread only, and ends its process with a
 * failed assertion when a device that it captures from goes away, as a pod's does every day: so it has a process of its own.
 *
 * Told on one pipe, line by line, which interfaces to capture (JSON: [{"index","name"}, …]); tells frames on
 * another (cap-message.ts), at least an empty message every HEARTBEAT_MS; ends when its input does.
 */
import { readSync } from "node:fs";
import { describe, systemCode } from "@hopline/fault";
import type { CapturedInterface } from "../frame-source.js";
import { CapDevices } from "./cap-devices.js";
import { MESSAGE_FAULT, MESSAGE_HELLO, MESSAGE_WARNING, writeHeader, writeJson } from "./cap-message.js";
import { type CapPackage, loadCapPackage } from "./cap-package.js";
import { PROCESS_INPUT, PROCESS_OUTPUT } from "./fifo-process.js";

const HEARTBEAT_MS = 20;

const snapLength = Number(process.argv[2]);
const devices = new CapDevices({
  cap: load(),
  snapLength,
  output: PROCESS_OUTPUT,
  warn: (device, thrown) =>
    tell(() =>
      writeJson(PROCESS_OUTPUT, MESSAGE_WARNING, {
        code: "CAPTURE_DEVICE",
        message: `libpcap does not open the device ${device.name}: ${describe(thrown)}.`,
      }),
    ),
  // Under load cap never returns to the event loop: orders are looked for between its callbacks too.
  onFlush: obey,
});
const chunk = Buffer.alloc(65_536);
let line = "";

tell(() => writeHeader(PROCESS_OUTPUT, { kind: MESSAGE_HELLO, count: 0, bytes: 0, linkType: 0 }));
setInterval(() => tell(() => devices.flush()), HEARTBEAT_MS);

function load(): CapPackage {
  try {
    return loadCapPackage();
  } catch (thrown) {
    tell(() =>
      writeJson(PROCESS_OUTPUT, MESSAGE_FAULT, {
        code: "CAPTURE_NO_CAP",
        message: `The package cap does not load: ${describe(thrown).split("Require stack")[0]?.trim()}.`,
        hint: "Install libpcap-dev and a C++ compiler, then run `npm rebuild cap`, or capture with the packet ring.",
      }),
    );
    process.exit(1);
  }
}

/** Reads what orders there are. The end of the input is the order to end. */
function obey(): void {
  for (;;) {
    let read: number;
    try {
      read = readSync(PROCESS_INPUT, chunk);
    } catch (thrown) {
      if (systemCode(thrown) === "EAGAIN") return;
      throw thrown;
    }
    if (read === 0) process.exit(0);
    line += chunk.toString("utf8", 0, read);
    const last = line.lastIndexOf("\n");
    if (last < 0) continue;
    const newest = line.slice(line.lastIndexOf("\n", last - 1) + 1, last);
    line = line.slice(last + 1);
    devices.watch(JSON.parse(newest) as CapturedInterface[]);
  }
}

/** Nobody left to tell: then there is nothing left to do. */
function tell(write: () => void): void {
  try {
    write();
  } catch (thrown) {
    if (systemCode(thrown) === "EPIPE") process.exit(0);
    throw thrown;
  }
}
