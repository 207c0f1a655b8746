import type { Problem } from "@hopline/api";

/**
 * Why the collector gave no usable answer: its own problem, the proxy's (`COLLECTOR_UNREACHABLE`), or what was found
 * here (`WEB_SERVER_UNREACHABLE`, `ANSWER_UNEXPECTED`). Decide on `code`.
 */
export class CollectorProblem extends Error {
  readonly code: string;
  readonly status: number;
  /** What to do, in a sentence. */
  readonly detail: string | undefined;

  constructor(problem: Problem) {
    super(problem.title);
    this.name = "CollectorProblem";
    this.code = problem.code;
    this.status = problem.status;
    this.detail = problem.detail;
  }

  /** True where asking again in a moment may well succeed; false where the question itself is wrong. */
  get mayPass(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 0;
  }
}
