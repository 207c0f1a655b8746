/** How far what is known of policies can be relied on. */
export interface PolicyKnowledge {
  /** Until when it is known what there was, Unix milliseconds; Infinity while all changes are heard of. */
  readonly untilMs: number;
  /** Changes come as they happen, so that the latest may still be on their way; false for a dump. */
  readonly isLive: boolean;
  /** What can't be known as things are, in one sentence; undefined where all can. */
  readonly missing: string | undefined;
}
