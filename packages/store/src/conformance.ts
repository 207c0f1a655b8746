/**
 * Whether what policy says and what happened agree: one word a connection (packages/api, conformanceSchema).
 */

/** SQL of what the word is made of. */
export interface ConformanceInputs {
  /** `allowed`, `denied` or `undetermined`. */
  readonly verdict: string;
  /** Condition: policy said both, one after the other. */
  readonly isChanged: string;
  readonly outcome: string;
  /** Condition: its beginning lies in what is read, as far as its protocol shows one. */
  readonly hasBegun: string;
  /** Condition: there is drop evidence. */
  readonly wasDropped: string;
  /** Condition: the client's pod's hop counted packets to the server. */
  readonly sourceSent: string;
  /** Condition: the server's pod's hop counted packets to the server. */
  readonly destinationSaw: string;
  /** Condition: the server's pod's hop counted packets back. */
  readonly destinationAnswered: string;
  /** Condition: the server is a pod with an interface of its own, so that such a hop can be. */
  readonly hasDestinationHop: string;
  /** Condition: the agent of the server's node captured everything while the client's pod's hop sent. */
  readonly destinationCaptured: string;
}

/**
 * SQL: the word.
 *
 * `unenforced` goes before all evidence of drops: what got through once, got through. It needs a verdict that never
 * changed, for a connection denied at first and let in by a later policy is nobody's failure; what was allowed at first
 * stays so. And it needs the beginning: what a later policy finds running, most network plugins let run on.
 *
 * A denial is inferred only where the client's hop sent and the server's hop, with everything captured there, saw nothing; a
 * refusal then came from something between them. Where the server's own hop refused, or where there can be no such hop, an
 * allowed connection has reached who it was meant for.
 */
export function conformanceSql(inputs: ConformanceInputs): string {
  const { verdict, isChanged, outcome, hasBegun, wasDropped, sourceSent, destinationSaw } = inputs;
  const { destinationAnswered, hasDestinationHop, destinationCaptured } = inputs;
  const denied = `${verdict} = 'denied'`;
  const allowed = `${verdict} = 'allowed'`;
  return `multiIf(
    ${denied} AND NOT (${isChanged}) AND ${hasBegun} AND (${outcome} = 'delivered' OR ${destinationSaw}), 'unenforced',
    ${denied} AND ${outcome} = 'delivered', 'undetermined',
    ${denied} AND ${wasDropped}, 'denied-observed',
    ${denied} AND NOT (${isChanged}) AND ${outcome} IN ('unanswered', 'refused') AND ${sourceSent}
      AND NOT (${destinationSaw}) AND ${hasDestinationHop} AND ${destinationCaptured}, 'denied-inferred',
    ${allowed} AND ${outcome} = 'delivered', 'allowed',
    ${allowed} AND ${outcome} = 'refused' AND (${destinationAnswered} OR NOT (${hasDestinationHop})), 'allowed',
    ${allowed} AND NOT (${isChanged}) AND ${outcome} IN ('dropped', 'unanswered'), 'undelivered',
    'undetermined')`;
}

/**
 * SQL: the word for a row of an edge, which has only verdict and outcome, and knows of no hop: nothing is inferred, and a
 * refusal is the receiver's.
 */
export function edgeConformanceSql(verdict: string, outcome: string): string {
  return `multiIf(
    ${verdict} = 'allowed' AND ${outcome} IN ('delivered', 'refused'), 'allowed',
    ${verdict} = 'denied' AND ${outcome} = 'delivered', 'unenforced',
    ${verdict} = 'denied' AND ${outcome} = 'dropped', 'denied-observed',
    ${verdict} = 'allowed' AND ${outcome} IN ('dropped', 'unanswered'), 'undelivered',
    'undetermined')`;
}
