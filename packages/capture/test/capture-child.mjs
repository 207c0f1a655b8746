/**
 * A live source in a process of its own, to be run in a network namespace: `capture-child.mjs KIND OPTIONS-JSON`.
 * Takes orders on standard input, one JSON a line, and answers each with one JSON line.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createInterface } from "node:readline";
import { openCap, openRing } from "../dist/index.js";

const [kind, optionsText] = process.argv.slice(2);
const { interfaces = [], ...options } = JSON.parse(optionsText);
const indexOf = (name) => Number(readFileSync(`/sys/class/net/${name}/ifindex`, "latin1"));
const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const frames = [];
function keep(block) {
  for (let i = 0; i < block.count; i++) {
    const start = block.offsets[i];
    frames.push({
      interfaceIndex: block.interfaceIndexes[i],
      direction: block.directions[i],
      captured: block.capturedLengths[i],
      wire: block.wireLengths[i],
      timeUs: block.timesUs[i],
      vlanTag: block.vlanTags[i],
      gsoSize: block.gsoSizes[i],
      linkType: block.linkType,
      hex: Buffer.from(block.bytes.subarray(start, start + block.capturedLengths[i])).toString("hex"),
      etherType: block.view.getUint16(start + 12),
    });
  }
}

let source;
try {
  const open = kind === "ring" ? openRing : openCap;
  source = open({ ...options, interfaceIndexes: interfaces.map(indexOf) });
} catch (thrown) {
  answer({ fault: thrown.code, sentence: thrown.sentence });
  process.exit(0);
}
answer({ ready: true, indexes: interfaces.map(indexOf) });

let polling = true;
const orders = {
  take: () => ({
    frames: frames.splice(0),
    statistics: source.statistics(),
    warnings: source.warnings.map((w) => w.code),
  }),
  watch: ({ names }) => {
    source.watch(names.map(indexOf));
    return { interfaces: source.interfaces };
  },
  sample: ({ shift }) => ({ sampled: source.sample(shift) }),
  focus: ({ tuples, names }) => ({
    focused: source.focus(
      tuples.map(({ addressA, addressB, ...rest }) => ({
        ...rest,
        addressA: Buffer.from(addressA, "hex"),
        addressB: Buffer.from(addressB, "hex"),
      })),
      names.map(indexOf),
    ),
    interfaces: source.interfaces,
  }),
  poll: ({ on }) => {
    polling = on;
    return {};
  },
  close: () => {
    polling = false;
    source.close();
    source.close();
    return {
      afterClose: source.poll(0, keep),
      statistics: source.statistics(),
      sockets: readdirSync("/proc/self/fd").filter(isSocketOfOurs).length,
      maps: readFileSync("/proc/self/maps", "latin1")
        .split("\n")
        .filter((line) => line.includes("socket:")).length,
      children: readFileSync(`/proc/self/task/${process.pid}/children`, "latin1")
        .trim()
        .split(" ")
        .filter(isAlive).length,
    };
  },
};

function isSocketOfOurs(fd) {
  const packets = readFileSync("/proc/net/packet", "latin1");
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
    return inode !== undefined && new RegExp(`\\s${inode}\\s*$`, "m").test(packets);
  } catch {
    return false;
  }
}

function isAlive(pid) {
  return pid !== "" && !readFileSync(`/proc/${pid}/stat`, "latin1").includes(") Z ");
}

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const order = JSON.parse(line);
    try {
      answer(orders[order.do](order));
    } catch (thrown) {
      answer({ fault: thrown.code, sentence: thrown.sentence ?? String(thrown) });
    }
  })
  .on("close", () => process.exit(0));

(function loop() {
  if (polling) source.poll(20, keep);
  setTimeout(loop, polling ? 0 : 20);
})();
