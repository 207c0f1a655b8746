import { env } from "node:process";
import {
  ClusterConnection,
  ClusterWatch,
  ENDPOINT_RESOURCES,
  EndpointHistory,
  POLICY_RESOURCES,
  type ResourceEvent,
  type ResourceState,
  type WatchTimes,
} from "@hopline/kube";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LabApi, pod, startLabApi, until, Workshop } from "./cluster-under-test.js";

const PODS = ENDPOINT_RESOURCES.find(({ name }) => name === "pods")!;
const SERVICES = ENDPOINT_RESOURCES.find(({ name }) => name === "services")!;

/** How long the draining server refuses everything. Kubernetes gives itself 40 s and more; here it is a setting. */
const DRAIN_MS = Number(env.HOPLINE_TEST_DRAIN_SECONDS ?? 2) * 1000;

const QUICK: Partial<WatchTimes> = {
  minRetryMs: 20,
  maxRetryMs: 200,
  idleTimeoutMs: 2000,
  requestTimeoutMs: 1000,
};

/**
 * What a watch makes of a server that goes away, forgets, refuses and falls silent. These need power over the
 * server, so they run against the lab's API only, also where KUBECONFIG is set.
 */
describe("a watch of the lab's API", () => {
  let lab: LabApi;
  let workshop: Workshop;
  let watch: ClusterWatch | undefined;
  /** Names of pods, as a follower of the events knows them. */
  const followed = new Set<string>();
  const states: ResourceState[] = [];

  beforeEach(async () => {
    followed.clear();
    states.length = 0;
    workshop = new Workshop();
    lab = await startLabApi();
  });
  afterEach(async () => {
    await watch?.stop();
    watch = undefined;
    await lab.api.close();
    workshop.close();
  });

  const follow = async (
    times: Partial<WatchTimes> = {},
    user?: Record<string, unknown>,
    alsoTell: (event: ResourceEvent) => void = () => {},
  ): Promise<ClusterWatch> => {
    const written = workshop.write(lab.api.kubeconfig());
    const kubeconfig = user === undefined ? written : workshop.kubeconfigAs(written, user);
    watch = new ClusterWatch({
      connection: new ClusterConnection({ kubeconfig, env: {} }),
      resources: [PODS, SERVICES],
      times: { ...QUICK, ...times },
      onState: (state) => states.push(state),
      onEvent: (event) => {
        alsoTell(event);
        if (event.resource !== PODS) return;
        if (event.type === "listed") {
          followed.clear();
          for (const { metadata } of event.objects) followed.add(metadata.name);
        } else if (event.type === "applied") followed.add(event.object.metadata.name);
        else followed.delete(event.object.metadata.name);
      },
    });
    watch.start();
    await until(() => pods().state !== "listing" && pods().state !== "stopped", "the pods' watch has begun");
    return watch;
  };
  const pods = (): ResourceState => watch!.states().find(({ resource }) => resource === "pods")!;
  const stored = (): string[] => lab.store.list("v1", "Pod").map(({ metadata }) => metadata.name);
  const inStep = (): boolean => [...followed].sort().join() === stored().sort().join();
  /** Something appears, something goes. */
  const churn = (round: number): void => {
    lab.store.apply(pod(`new-${round}`, `10.244.2.${round + 2}`));
    lab.store.remove("v1", "Pod", "shop", `web-${round}`);
  };

  it("tells the objects there are, then every change", async () => {
    await follow();
    await until(() => inStep() && watch!.settled, "all is known");
    churn(0);
    await until(inStep, "the changes are known");
    expect(pods()).toMatchObject({ state: "watching", objects: 4, lists: 1, lastError: undefined });
  });

  it("lists again when the server has forgotten its version, and misses no deletion", async () => {
    await follow({ chunkSize: 2 });
    lab.api.drain();
    await until(() => pods().state === "retrying", "the drain is noticed");
    churn(1);
    lab.store.compact();
    lab.store.apply(pod("last", "10.244.2.99"));
    lab.api.resume();
    await until(() => pods().state === "watching" && inStep(), "all is known again");
    expect(pods().restarts.gone).toBeGreaterThanOrEqual(1);
    expect(pods().lists).toBe(2);
  });

  it("takes the whole list at once when its continue token expires on the way", async () => {
    const connection = new ClusterConnection({ kubeconfig: workshop.write(lab.api.kubeconfig()), env: {} });
    const first = await connection.get({ path: PODS.path, query: { limit: 2 }, timeoutMs: 1000 });
    expect(JSON.parse(await first.body.text()).metadata.remainingItemCount).toBe(2);
    // From now on the store forgets each version as soon as there is a newer one.
    const unsubscribe = lab.store.subscribe(() => lab.store.compact());
    const busy = setInterval(() => lab.store.apply(pod("busy", `10.244.9.${1 + (Date.now() % 250)}`)), 1);
    await follow({ chunkSize: 1 });
    await until(() => pods().lists > 0, "a list went through");
    clearInterval(busy);
    unsubscribe();
    await until(inStep, "all is known");
  });

  it("names both pods of an address that changed hands while the server was away", async () => {
    const history = new EndpointHistory();
    await follow({}, undefined, (event) => history.apply(event));
    await until(inStep, "all is known");
    const nameAt = (timeMs: number): string => {
      const endpoint = history.endpointAt("10.244.1.2", timeMs);
      return endpoint.kind === "pod" ? endpoint.name : endpoint.kind;
    };
    const restarted = lab.api.restart(200);
    lab.store.remove("v1", "Pod", "shop", "web-0");
    // Late enough that it is known before, on a slow machine too: an end that is seen after it would stand.
    const startTime = new Date(Math.floor(Date.now() / 1000) * 1000 + 3000);
    const heir = pod("heir", "10.244.1.2");
    lab.store.apply({ ...heir, status: { ...heir.status, startTime: startTime.toISOString() } });
    await restarted;
    await until(() => nameAt(Date.now() + 5000) === "heir", "the new owner is known");
    expect(nameAt(startTime.getTime() - 1)).not.toBe("heir");
    expect(nameAt(startTime.getTime())).toBe("heir");
    expect(nameAt(Date.parse("2026-11-20T10:00:00Z"))).toBe("web-0");
  });

  it("follows on without a gap after a restart of the server", async () => {
    await follow();
    const restarted = lab.api.restart(300);
    churn(2);
    await restarted;
    await until(inStep, "the changes in between are known");
    expect(pods()).toMatchObject({ lists: 1 });
    expect(pods().restarts.unreachable).toBeGreaterThanOrEqual(1);
    expect(states.map(({ resource, state }) => `${resource} ${state}`)).toContain("pods retrying");
    expect(pods().lastError).toMatch(/^The (watch of pods at|API server) http:\/\/127/);
  });

  it(`comes back after a server that drained for ${DRAIN_MS / 1000} s`, {
    timeout: DRAIN_MS + 30_000,
  }, async () => {
    await follow({ maxRetryMs: 1000 });
    const requestsBefore = lab.api.requests;
    lab.api.drain();
    churn(3);
    await new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
    expect(pods()).toMatchObject({ state: "retrying" });
    expect(pods().lastError).toContain("answered 503");
    // Two watches, each at most once a second: the server asked for that by Retry-After.
    expect(lab.api.requests - requestsBefore).toBeLessThanOrEqual(2 * (DRAIN_MS / 1000 + 3));
    lab.api.resume();
    await until(() => pods().state === "watching" && inStep(), "all is known again");
    expect(pods()).toMatchObject({ lists: 1, restarts: { gone: 0, unreachable: 0 } });
  });

  it("gives up a watch that has fallen silent, and nothing is lost", async () => {
    await follow({ idleTimeoutMs: 400, requestTimeoutMs: 300 });
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(pods().restarts.idle).toBe(0);
    lab.api.freeze();
    churn(1);
    await until(() => pods().restarts.idle === 1, "the silence is noticed");
    await until(
      () => pods().state === "retrying" && pods().restarts.unreachable > 0,
      "the server counts as away",
    );
    lab.api.resume();
    await until(() => pods().state === "watching" && inStep(), "all is known again");
  });

  it("shows a resource that is forbidden as such, follows the others, and tries again", async () => {
    lab.api.access.grant("half", { user: "half", forbidden: ["services"] });
    await follow({}, { token: "half" });
    const services = (): ResourceState => watch!.states().find(({ resource }) => resource === "services")!;
    await until(() => services().state === "forbidden" && inStep(), "services are forbidden, pods known");
    expect(services().lastError).toContain('User "half" cannot list resource "services"');
    expect(watch!.settled).toBe(true);
    churn(0);
    await until(inStep, "pods are followed");
    lab.api.access.grant("half", { user: "half" });
    await until(() => services().state === "watching", "services are allowed");
  });

  it("tells since when what it tells may have happened", async () => {
    const told: ResourceEvent[] = [];
    await follow({}, undefined, (event) => told.push(event));
    await until(() => inStep() && pods().isInStep, "all is known");
    expect(told.find(({ resource }) => resource === PODS)?.sinceMs).toBe(0);
    churn(0);
    await until(inStep, "the changes are known");
    expect(told.at(-1)?.sinceMs).toBeUndefined();
    const lostMs = Date.now();
    lab.api.drain();
    await until(() => pods().state === "retrying", "the drain is noticed");
    expect(pods().isInStep).toBe(false);
    const changedMs = Date.now();
    churn(1);
    told.length = 0;
    lab.api.resume();
    await until(inStep, "the changes in between are known");
    expect(told[0]?.sinceMs).toBeGreaterThanOrEqual(lostMs);
    expect(told[0]?.sinceMs).toBeLessThanOrEqual(changedMs);
  });

  it("takes an extension that the cluster does not have for one without objects, and looks for it again", async () => {
    const told: ResourceEvent[] = [];
    const extensions = POLICY_RESOURCES.filter(({ isExtension }) => isExtension);
    const extended = new ClusterWatch({
      connection: new ClusterConnection({ kubeconfig: workshop.write(lab.api.kubeconfig()), env: {} }),
      resources: [PODS, ...extensions],
      times: { ...QUICK, absentRetryMs: 50 },
      onEvent: (event) => told.push(event),
    });
    extended.start();
    await until(
      () => extended.settled && told.filter(({ resource }) => resource.isExtension).length > 6,
      "it looks again",
    );
    expect(extended.states().map(({ resource, state, lastError }) => [resource, state, lastError])).toEqual([
      ["pods", "watching", undefined],
      ["adminnetworkpolicies", "absent", undefined],
      ["baselineadminnetworkpolicies", "absent", undefined],
      ["clusternetworkpolicies", "absent", undefined],
    ]);
    expect(told.filter(({ type, resource }) => resource.isExtension && type !== "listed")).toEqual([]);
    await extended.stop();
  });

  it("waits and comes back when the token is refused and later taken again", async () => {
    await follow({}, { token: "late" });
    await until(() => pods().lastError?.includes("answered 401") === true, "the refusal is shown");
    expect(pods().state).toBe("retrying");
    lab.api.access.grant("late", { user: "late" });
    await until(() => pods().state === "watching" && inStep(), "all is known");
  });
});
