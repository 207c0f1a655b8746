// Only the set-up, for those who want a checkout ready to work in.
import { asCommand, setUp } from "./setup.mjs";

await asCommand(async () => {
  await setUp("test");
  return 0;
});
