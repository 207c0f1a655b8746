// An app for run-app.test.ts: its first argument says what happens to it.
import { Fault } from "@hopline/fault";
import { runApp } from "../dist/run-app.js";

const mode = process.argv[2];

runApp("fixture", async () => {
  if (mode === "fault") throw new Fault({ code: "BROKEN", message: "It broke.", hint: "Mend it." });
  if (mode === "settings") throw new Fault({ code: "SETTINGS_INVALID", message: "fixture: --x is wrong." });
  if (mode === "print") return { print: "help\n" };
  const alive = setInterval(() => {}, 1000);
  process.stdout.write("running\n");
  if (mode === "bug") {
    setTimeout(() => {
      throw new Error("unexpected");
    }, 10);
  }
  return {
    stop: async () => {
      clearInterval(alive);
      process.stdout.write("stopped\n");
    },
  };
});
