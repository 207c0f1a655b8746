import { describe, expect, it } from "vitest";
import { MINUTE, node, pod, Scene, T0, webService } from "./endpoint-scene.js";

describe("persistence", () => {
  it("tells every change once, and takes back a begin that moved", () => {
    const scene = new Scene();
    scene.apply(12, pod("new", { ip: "10.0.0.2", start: 8, ready: 11 }));
    expect(scene.history.takeChanges()).toMatchObject([
      { address: "10.0.0.2", port: 0, fromMs: T0 + 8 * MINUTE, toMs: null },
    ]);
    expect(scene.history.takeChanges()).toEqual([]);
    // The former owner is heard of late: it had the address until the new one's network was ready.
    scene.apply(13, pod("old", { ip: "10.0.0.2", start: 0, phase: "Succeeded", finished: 10 }));
    const changes = scene.history
      .takeChanges()
      .map(({ fromMs, toMs, owner }) => [
        owner.kind === "pod" && owner.name,
        (fromMs - T0) / MINUTE,
        toMs === null ? null : (toMs - T0) / MINUTE,
      ]);
    expect(changes.sort((a, b) => Number(a[1]) - Number(b[1]))).toEqual([
      ["old", 0, 10],
      ["new", 8, 8],
      ["new", 10, null],
    ]);
  });

  it("answers after a restart as before, and ends what went meanwhile", () => {
    const before = new Scene();
    const gone = pod("gone", { ip: "10.0.0.4", start: 0 });
    const front = { tier: "front" };
    before.list(
      0,
      "Pod",
      gone,
      pod("web", { ip: "10.0.0.2", start: 0, labels: front }),
      pod("job", { ip: "10.0.0.3", start: 0 }),
    );
    before.apply(0, webService, node("node-1", "192.168.0.1", "10.244.1.0/24"));
    before.apply(3, pod("web", { ip: "10.0.0.2", start: 0, labels: { tier: "back" } }));
    before.apply(4, pod("job", { ip: "10.0.0.3", start: 0, phase: "Succeeded", finished: 4 }));

    const told = structuredClone(before.history.takeChanges());
    const after = new Scene();
    after.history.restore(told);
    expect(after.history.takeChanges()).toEqual([]);
    expect(sorted(after)).toEqual(sorted(before));

    after.list(60, "Pod", pod("web", { ip: "10.0.0.2", start: 0, labels: { tier: "back" } }));
    expect(after.who("10.0.0.4", 59)).toBe("pod shop/gone");
    expect(after.who("10.0.0.4", 60)).toBe("external 10.0.0.4");
    expect(after.history.endpointAt("10.0.0.2", T0 + 2 * MINUTE)).toMatchObject({ labels: front });
    expect(after.history.takeChanges()).toMatchObject([{ owner: { name: "gone" }, toMs: T0 + 60 * MINUTE }]);
  });

  it("forgets what ended long ago, counts it, and gives its time to nobody else", () => {
    const scene = new Scene();
    const old = pod("old", { ip: "10.0.0.2", start: 0 });
    scene.apply(0, old);
    scene.delete(10, old);
    scene.apply(12, pod("new", { ip: "10.0.0.2", start: 8, ready: 11 }));
    expect(scene.history.dropEndedBefore(T0 + 9 * MINUTE)).toBe(0);
    expect(scene.history.dropEndedBefore(T0 + 11 * MINUTE)).toBe(1);
    scene.apply(13, pod("new", { ip: "10.0.0.2", start: 8, ready: 11, labels: { late: "yes" } }));
    expect(scene.who("10.0.0.2", 9)).toBe("external 10.0.0.2");
    expect(scene.who("10.0.0.2", 10)).toBe("pod shop/new");
    expect(scene.history.counts).toMatchObject({ dropped: 1, spans: 2 });
  });
});

it("counts objects that do not fit, says why, and goes on", () => {
  const scene = new Scene();
  const odd = pod("odd", { ip: "10.0.0.2" });
  scene.apply(
    0,
    { ...odd, spec: { hostNetwork: "yes" } },
    pod("words", { ip: "not-an-address" }),
    pod("web", { ip: "10.0.0.3" }),
  );
  expect(scene.history.counts).toMatchObject({ rejected: { Pod: 1, pod: 1 } });
  expect(scene.who("10.0.0.3", 0)).toBe("pod shop/web");
});

function sorted(scene: Scene): string[] {
  return scene.history
    .intervals()
    .map((interval) => JSON.stringify(interval))
    .sort();
}
