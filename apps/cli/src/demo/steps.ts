/** Says on standard error what is being done and how long it took. */
export async function step<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const started = performance.now();
  say(`${name} …`);
  const result = await work();
  say(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

export function say(text: string): void {
  process.stderr.write(`[demo] ${text}\n`);
}
