export {
  ConntrackFollower,
  type ConntrackFollowerOptions,
  type FollowerCounters,
  type FollowerState,
} from "./conntrack-follower.js";
export { readConntrackLine } from "./conntrack-line.js";
export {
  type ConntrackRecord,
  emptyRecord,
  RECORD_DESTROY,
  RECORD_DUMPED,
  RECORD_NEW,
  RECORD_UPDATE,
  type RecordKind,
} from "./conntrack-record.js";
export { ConntrackRecorder, readRecording } from "./recording.js";
export type { Translation } from "./translation.js";
export {
  emptyFound,
  type Found,
  type TranslationCounters,
  TranslationTable,
  type TranslationTableOptions,
} from "./translation-table.js";
export { copyAddress, copyReversed, copyTuple, emptyTuple, type Tuple } from "./tuple.js";
