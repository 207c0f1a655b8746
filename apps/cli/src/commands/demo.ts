import { type Command, InvalidArgumentError } from "commander";
import { runDemo } from "../demo/run-demo.js";
import { integerOption, numberOption } from "./api-options.js";

/** `hopline demo`: a cluster in this machine's kernel (or recorded captures of one), watched by all of Hopline. */
export function demoCommand(program: Command): void {
  program
    .command("demo")
    .description("a small cluster in this machine's kernel, watched by agents, collector and web UI")
    .option("--for <seconds>", "stop after so many seconds", integerOption(1, 86_400))
    .option("--json", "print a summary as one JSON object, last line, at the end")
    .option("--port <port>", "of the web UI; 0 takes a free one", integerOption(0, 65_535), 4400)
    .option("--api-port <port>", "of the collector's API; 0 takes a free one", integerOption(0, 65_535), 4401)
    .option("--nodes <n>", "nodes of the cluster", integerOption(1, 8), 2)
    .option("--rate <factor>", "how busy the workloads are; 1 is normal", numberOption(1000), 1)
    .option("--name <name>", "name of the lab; two of different names run side by side", labName, "demo")
    .option("--replay", "replay the captures in the repository instead of building a cluster")
    .action(runDemo);
}

function labName(text: string): string {
  if (/^[a-z0-9]{1,24}$/.test(text)) return text;
  throw new InvalidArgumentError("It takes up to 24 small letters and digits.");
}
