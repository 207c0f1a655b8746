/**
 * A boot's id: its time first, so that the folders of boots sort by age, then randomness, so that two agents, or one
 * whose clock was set back, never share one.
 *
 * @param startedMs milliseconds since the Unix epoch.
 */
export function bootIdOf(startedMs: number, random: Buffer): string {
  return startedMs.toString(16).padStart(12, "0") + random.toString("hex");
}
