import { Fault } from "@hopline/fault";
import { planConntrackTable } from "./conntrack-table.js";
import { planDelay } from "./delay.js";
import { planForwardDrop, planPodDrop, planUplinkDrop } from "./drops.js";
import type { FaultKind, FaultRequest } from "./fault-request.js";
import type { FaultSites } from "./fault-sites.js";
import { planMtu } from "./mtu.js";
import { planForwardingEntry, planNeighbour } from "./overlay-entry.js";
import { planPause } from "./pause.js";
import type { FaultReading, PlannedFault } from "./planned-fault.js";
import { planRoute } from "./route.js";

export interface FaultsOptions {
  readonly sites: FaultSites;
  /** Switches enforcement of policies on nodes, and settles when their rules say so. */
  readonly setEnforcement: (nodes: readonly string[], enforcing: boolean) => Promise<void>;
  /** Processes that must not be paused. */
  readonly ownPids: () => readonly number[];
  readonly nowMs: () => number;
}

/** A fault that is there. */
export interface FaultEntry {
  /** `f1`, `f2`, …; never given twice by one lab. */
  readonly id: string;
  readonly kind: FaultKind;
  /** What it does, in words. */
  readonly about: string;
  readonly request: FaultRequest;
  /** When it was there, by the wall clock. */
  readonly injectedMs: number;
}

export interface FaultReport extends FaultEntry {
  /** Absent where the kernel counts nothing of it, or not any more. */
  readonly reading?: FaultReading;
}

interface ActiveFault {
  readonly entry: FaultEntry;
  readonly plan: PlannedFault;
}

/** The faults of a running lab. They live in its namespaces and end with these, whoever takes them away. */
export class Faults {
  readonly #options: FaultsOptions;
  readonly #active = new Map<string, ActiveFault>();
  #given = 0;
  /** One change at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: FaultsOptions) {
    this.#options = options;
  }

  get entries(): FaultEntry[] {
    return [...this.#active.values()].map(({ entry }) => entry);
  }

  /** Settles when it is there. @throws Fault `LAB_FAULT_INVALID`, `LAB_FAULT_THERE` or `LAB_COMMAND_FAILED` */
  add(request: FaultRequest): Promise<FaultEntry> {
    return this.#inTurn(async () => {
      const id = `f${this.#given + 1}`;
      const plan = await this.#plan(id, request);
      this.#refuseSecond(plan);
      try {
        await plan.inject();
      } catch (thrown) {
        await plan.heal().catch(() => {}); // What failed first is what the user has to know.
        throw thrown;
      }
      this.#given += 1;
      const injectedMs = this.#options.nowMs();
      const entry: FaultEntry = { id, kind: request.kind, about: plan.about, request, injectedMs };
      this.#active.set(id, { entry, plan });
      return entry;
    });
  }

  /** All faults, with what the kernel has counted for them. */
  list(): Promise<FaultReport[]> {
    return this.#inTurn(() => Promise.all([...this.#active.values()].map(report)));
  }

  /** Takes one back, or `all`, the last first; the reports are as they were before. @throws Fault `LAB_FAULT_UNKNOWN` */
  remove(id: string): Promise<FaultReport[]> {
    return this.#inTurn(async () => {
      const found = this.#active.get(id);
      if (id !== "all" && found === undefined) throw this.#unknown(id);
      const removed: FaultReport[] = [];
      for (const fault of found === undefined ? [...this.#active.values()].reverse() : [found]) {
        const last = await report(fault);
        await fault.plan.heal();
        this.#active.delete(fault.entry.id);
        removed.push(last);
      }
      return removed;
    });
  }

  #plan(id: string, request: FaultRequest): PlannedFault | Promise<PlannedFault> {
    const { sites, ownPids } = this.#options;
    switch (request.kind) {
      case "drop-uplink":
        return planUplinkDrop(sites, id, request);
      case "drop-pod":
        return planPodDrop(sites, id, request);
      case "drop-forward":
        return planForwardDrop(sites, id, request);
      case "route":
        return planRoute(sites, request);
      case "mtu":
        return planMtu(sites, id, request);
      case "fdb":
        return planForwardingEntry(sites, request);
      case "neighbour":
        return planNeighbour(sites, request);
      case "delay":
        return planDelay(sites, request);
      case "conntrack-full":
        return planConntrackTable(sites, request);
      case "pause":
        return planPause(sites.names.lab, ownPids(), request);
      case "enforcement-off":
        return this.#planEnforcement(request.node);
    }
  }

  #planEnforcement(node: string | undefined): PlannedFault {
    const { sites, setEnforcement } = this.#options;
    const nodes = (node === undefined ? sites.nodes : [sites.node(node)]).map(({ name }) => name);
    return {
      about: `${nodes.join(", ")} ${nodes.length > 1 ? "enforce" : "enforces"} no network policy`,
      places: nodes.map((name) => `enforcement on ${name}`),
      inject: () => setEnforcement(nodes, false),
      heal: () => setEnforcement(nodes, true),
    };
  }

  #refuseSecond(plan: PlannedFault): void {
    for (const { entry, plan: other } of this.#active.values()) {
      const place = plan.places.find((candidate) => other.places.includes(candidate));
      if (place === undefined) continue;
      throw new Fault({
        code: "LAB_FAULT_THERE",
        message: `Fault ${entry.id} has hold of ${place} already.`,
        hint: `Take it back first: hopline lab fault remove ${entry.id}.`,
      });
    }
  }

  #unknown(id: string): Fault {
    const ids = [...this.#active.keys()];
    return new Fault({
      code: "LAB_FAULT_UNKNOWN",
      message: `There is no fault ${id}.`,
      hint: ids.length === 0 ? "The lab has none." : `The lab has ${ids.join(", ")}.`,
    });
  }

  #inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(change);
    this.#turn = result.catch(() => {});
    return result;
  }
}

/** What cannot be read, because somebody took it away by hand, can still be listed and taken back. */
async function report({ entry, plan }: ActiveFault): Promise<FaultReport> {
  const reading = await plan.read?.().catch(() => undefined);
  return reading === undefined ? entry : { ...entry, reading };
}
