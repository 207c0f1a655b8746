/** An answer of the collector on its way, as react-query tells of it. */
export interface Answer<Data> {
  readonly data: Data | undefined;
  readonly error: Error | null;
  /** When `data` came, milliseconds since the Unix epoch. */
  readonly dataUpdatedAt: number;
  /** Whether `data` answers the question before this one. */
  readonly isPlaceholderData: boolean;
}

/** Whether what is shown is not what was asked for, or is out of date. */
export function isStale({ error, isPlaceholderData }: Answer<unknown>): boolean {
  return error !== null || isPlaceholderData;
}
