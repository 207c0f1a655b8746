import { describe, Fault } from "@hopline/fault";
import { watchLifeline } from "./lifeline.js";

/** Something that runs until it is asked to stop. `stop` may be called once only, and settles when all is closed. */
export interface Service {
  stop(): Promise<void>;
}

/** What `--help` and other one-shot commands return instead of a running service. */
export type Outcome = Service | { readonly print: string };

/**
 * Runs an app's `start` and keeps the process until SIGINT or SIGTERM, then stops it in order.
 * A {@link Fault} ends the process with one sentence and exit code 1 (2 for wrong settings);
 * anything else is a bug: one sentence, and the stack only with HOPLINE_DEBUG=1.
 */
export function runApp(name: string, start: (fail: (thrown: unknown) => void) => Promise<Outcome>): void {
  let stopping: Promise<void> | undefined;
  let service: Service | undefined;

  const finish = (code: number): void => {
    if (stopping !== undefined) return;
    stopping = (async () => {
      await service?.stop();
    })().then(
      () => process.exit(code),
      (thrown) => {
        report(name, thrown);
        process.exit(1);
      },
    );
  };
  const fail = (thrown: unknown): void => {
    report(name, thrown);
    finish(thrown instanceof Fault && thrown.code === "SETTINGS_INVALID" ? 2 : 1);
  };

  process.on("SIGINT", () => finish(0));
  process.on("SIGTERM", () => finish(0));
  watchLifeline(process.env, () => finish(0));
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  process.stdout.on("error", (thrown: NodeJS.ErrnoException) => {
    if (thrown.code === "EPIPE") finish(0);
  });

  start(fail).then((outcome) => {
    if ("print" in outcome) {
      process.stdout.write(outcome.print, () => process.exit(0));
      return;
    }
    service = outcome;
    if (stopping !== undefined) void outcome.stop().then(() => process.exit(0));
  }, fail);
}

/** One line on standard error. */
function report(name: string, thrown: unknown): void {
  if (thrown instanceof Fault) {
    process.stderr.write(
      `${name}: ${thrown.sentence.startsWith(`${name}: `) ? thrown.sentence.slice(name.length + 2) : thrown.sentence}\n`,
    );
  } else {
    process.stderr.write(
      `${name}: this is a bug: ${describe(thrown)}. Run again with HOPLINE_DEBUG=1 for its stack.\n`,
    );
  }
  if (process.env.HOPLINE_DEBUG === "1" && thrown instanceof Error) process.stderr.write(`${thrown.stack}\n`);
}
