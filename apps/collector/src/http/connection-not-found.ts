import { Fault } from "@hopline/fault";

/** The answer where a connection is asked for of which nothing is stored in the range. */
export function connectionNotFound(id: string): Fault {
  return new Fault({
    code: "NOT_FOUND",
    message: `No row of connection ${id} lies in the range asked for.`,
    hint: "Ask for a longer range, or check the id.",
  });
}
