// `npm run bench -- pcap|live|overhead|policy|loss|no-fault`: measures, and prints one line of JSON for each figure and a table for people.
import { parseArgs } from "node:util";
import { asCommand } from "./setup.mjs";

const USAGE = `usage: npm run bench -- pcap [--packets N] [--connections N] [--rounds N]
       npm run bench -- live [--seconds N] [--rounds N]
       npm run bench -- overhead [--seconds N] [--rounds N]
       npm run bench -- policy
       npm run bench -- loss [--quick]
       npm run bench -- no-fault [--minutes N]
Build first: npm run build. live, overhead, loss and no-fault need root.`;

/** The command line is wrong. */
class UsageError extends Error {}

await asCommand(async () => {
  const whole = (name, fallback) => {
    const value = Number(values[name] ?? fallback);
    if (Number.isInteger(value) && value > 0) return value;
    throw new UsageError(`--${name} takes a whole number above 0, not "${values[name]}"`);
  };
  let values;
  let positionals;
  try {
    ({ values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        packets: { type: "string" },
        connections: { type: "string" },
        rounds: { type: "string" },
        seconds: { type: "string" },
        quick: { type: "boolean" },
        minutes: { type: "string" },
        help: { type: "boolean" },
      },
    }));
    const [bench, ...rest] = positionals;
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    if (rest.length > 0) throw new UsageError(`one bench at a time, not also "${rest.join(" ")}"`);
    const rounds = whole("rounds", 5);
    const seconds = whole("seconds", 6);
    switch (bench) {
      case "pcap": {
        const { benchPcap } = await import("../test/bench/pcap.mjs");
        await benchPcap({
          packets: whole("packets", 5_000_000),
          connections: whole("connections", 100_000),
          rounds,
        });
        return 0;
      }
      case "live": {
        const { benchLive } = await import("../test/bench/live.mjs");
        await benchLive({ seconds, rounds });
        return 0;
      }
      case "overhead": {
        const { benchOverhead } = await import("../test/bench/overhead.mjs");
        await benchOverhead({ seconds, rounds });
        return 0;
      }
      case "policy":
        await import("../packages/policy/bench/verdicts.mjs");
        return 0;
      case "loss": {
        const { benchLoss } = await import("../test/bench/loss.mjs");
        return (await benchLoss({ quick: values.quick === true })) ? 0 : 1;
      }
      case "no-fault": {
        const { benchNoFault } = await import("../test/bench/no-fault.mjs");
        return (await benchNoFault({ minutes: whole("minutes", 30) })) ? 0 : 1;
      }
      default:
        throw new UsageError(bench === undefined ? "say which bench" : `there is no bench "${bench}"`);
    }
  } catch (thrown) {
    if (thrown instanceof UsageError || thrown.code?.startsWith("ERR_PARSE_ARGS")) {
      console.error(`hopline bench: ${thrown.message}.\n${USAGE}`);
      return 2;
    }
    if (thrown.name !== "BenchError") throw thrown;
    console.error(`hopline bench: ${thrown.message}.`);
    return 1;
  }
});
