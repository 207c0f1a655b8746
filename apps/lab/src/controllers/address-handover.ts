import { setTimeout as delay } from "node:timers/promises";
import { Fault } from "@hopline/fault";
import type { ClusterObjects } from "../objects/cluster-objects.js";
import { isReady } from "../objects/pod-status.js";
import type { Pod } from "../objects/schemas.js";
import { controllerOf } from "../objects/workload-owner.js";
import type { AddressReservations } from "./address-reservations.js";
import { awaitObjects } from "./await-objects.js";
import { deletePod } from "./delete-pod.js";

/** Annotation of pods that may be restarted at any time. */
const RESTARTS_ANNOTATION = "hopline.lab/restarts";
const STEP_LIMIT_MS = 20_000;

/** An address that has passed from one workload's pod to another's; pods as `namespace/name`. */
export interface Handover {
  readonly address: string;
  readonly node: string;
  readonly previousPod: string;
  readonly nextPod: string;
}

export interface AddressHandoverOptions {
  readonly objects: ClusterObjects;
  readonly reservations: AddressReservations;
  /** How long an address stays nobody's. */
  readonly restMs: number;
  readonly random: () => number;
  readonly nowMs: () => number;
}

/** Restarts a pod, and gives the address that it had to the next pod of another workload on the same node. */
export class AddressHandover {
  readonly #options: AddressHandoverOptions;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: AddressHandoverOptions) {
    this.#options = options;
  }

  /**
   * One at a time; settles when the address has its new owner.
   * @param first `namespace/name` of the pod that gives its address up; any that may be restarted where absent.
   * @throws Fault `LAB_RESTART_IMPOSSIBLE`
   */
  run(first?: string): Promise<Handover> {
    const handover = this.#turn.then(() => this.#run(first));
    this.#turn = handover.catch(() => {});
    return handover;
  }

  async #run(first: string | undefined): Promise<Handover> {
    const { objects, reservations, restMs, nowMs } = this.#options;
    const { giver, taker } = this.#choose(first);
    const address = giver.status?.podIP;
    const node = giver.spec.nodeName;
    const takerOwner = controllerOf(taker)?.uid;
    if (address === undefined || node === undefined || takerOwner === undefined) {
      throw impossible(`${fullName(giver)} has no address to give up`);
    }
    deletePod(objects, giver, nowMs());
    const gone = await awaitObjects(
      objects,
      () => (find(objects, giver) === undefined ? true : undefined),
      STEP_LIMIT_MS,
    );
    if (gone === undefined) throw impossible(`${fullName(giver)} does not end`);
    await delay(restMs);
    reservations.set(takerOwner, { node, address });
    const current = find(objects, taker);
    if (current !== undefined) deletePod(objects, current, nowMs());
    const next = await awaitObjects(
      objects,
      () => objects.list("Pod").find((pod) => pod.status?.podIP === address && isReady(pod)),
      STEP_LIMIT_MS,
    );
    if (next === undefined) throw impossible(`${address} found no new owner`);
    return { address, node, previousPod: fullName(giver), nextPod: fullName(next) };
  }

  #choose(first: string | undefined): { readonly giver: Pod; readonly taker: Pod } {
    const { objects, random } = this.#options;
    const candidates = objects
      .list("Pod")
      .filter((pod) => isReady(pod) && pod.metadata.annotations?.[RESTARTS_ANNOTATION] === "true");
    const givers =
      first === undefined
        ? candidates
        : objects.list("Pod").filter((pod) => isReady(pod) && fullName(pod) === first);
    const giver = givers[Math.floor(random() * givers.length)];
    if (giver === undefined) {
      throw impossible(first === undefined ? "no pod may be restarted" : `no pod named ${first} runs`);
    }
    const takers = candidates.filter(
      (pod) =>
        pod.spec.nodeName === giver.spec.nodeName && controllerOf(pod)?.uid !== controllerOf(giver)?.uid,
    );
    const taker = takers[Math.floor(random() * takers.length)];
    if (taker === undefined)
      throw impossible(`${giver.spec.nodeName} has no other workload's pod to take an address`);
    return { giver, taker };
  }
}

function find(objects: ClusterObjects, pod: Pod): Pod | undefined {
  const found = objects.get("Pod", pod.metadata.namespace, pod.metadata.name);
  return found?.metadata.uid === pod.metadata.uid ? found : undefined;
}

function fullName(pod: Pod): string {
  return `${pod.metadata.namespace}/${pod.metadata.name}`;
}

function impossible(why: string): Fault {
  return new Fault({ code: "LAB_RESTART_IMPOSSIBLE", message: `No pod was restarted: ${why}.` });
}
