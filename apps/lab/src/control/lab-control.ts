import type { ClusterCounters, ObjectChange } from "../cluster.js";
import type { Handover } from "../controllers/address-handover.js";
import type { FaultRequestInput } from "../faults/fault-request.js";
import type { FaultEntry, FaultReport } from "../faults/faults.js";
import type { LedgerTotals } from "../ledger/ledger-file.js";
import type { Denial } from "../policy/policy-rules.js";

export interface LabState extends ClusterCounters {
  readonly name: string;
  readonly rate: number;
  /** False between quiesce and resume. */
  readonly calling: boolean;
  readonly pods: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly node: string | undefined;
    readonly address: string | undefined;
    readonly phase: string;
  }[];
  /** Conversations that have ended. */
  readonly ledger: LedgerTotals;
  readonly faults: readonly FaultEntry[];
}

/** What can be asked of a running lab. */
export interface LabControl {
  state(): LabState;
  /** No workload starts anything; settles when all conversations have ended and are in the ledger. */
  quiesce(): Promise<void>;
  resume(): void;
  /** Writes conversations that still run into the ledger, with `endedUs` null. */
  snapshot(): Promise<void>;
  setRate(rate: number): void;
  /** Changes what becomes of what policies deny, and settles when the rules say so. */
  denyWith(denial: Denial): Promise<void>;
  /** Restarts a pod (`namespace/name`, or any) and hands its address on. */
  restartPod(pod?: string): Promise<Handover>;
  /** @throws Fault `MANIFEST_INVALID` */
  apply(text: string, file: string): Promise<ObjectChange[]>;
  /** @throws Fault `MANIFEST_INVALID` */
  delete(text: string, file: string): Promise<ObjectChange[]>;
  /**
   * Injects a fault, and settles when it is there.
   * @throws Fault `LAB_FAULT_INVALID`, or `LAB_FAULT_THERE` where another has hold of the same thing.
   */
  addFault(request: FaultRequestInput): Promise<FaultEntry>;
  /** The faults that are there, with what the kernel has counted for them. */
  faults(): Promise<FaultReport[]>;
  /** Takes a fault back by its id, or `all`; returns them as they were. @throws Fault `LAB_FAULT_UNKNOWN` */
  removeFault(id: string): Promise<FaultReport[]>;
}
