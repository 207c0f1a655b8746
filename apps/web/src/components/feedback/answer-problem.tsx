import type { Answer } from "./answer";
import { ProblemBanner } from "./problem-banner";

/** Above what an answer shows: why there is no newer one. Nothing while all is well. */
export function AnswerProblem({ answer: { data, error, dataUpdatedAt } }: { answer: Answer<unknown> }) {
  if (error === null) return null;
  return <ProblemBanner error={error} dataFromMs={data === undefined ? undefined : dataUpdatedAt} />;
}
