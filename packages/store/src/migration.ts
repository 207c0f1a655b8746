/** One step from an empty database to today's tables. Once released it does not change: a later step corrects it. */
export interface Migration {
  /** Counts from 1 without a gap. */
  readonly number: number;
  readonly name: string;
  /** In order; each may be run again without harm, for a collector may die between two of them. */
  readonly statements: readonly string[];
}
