import fc from "fast-check";
import { expect, test } from "vitest";
import { type Entity, entityId, parseEntityId } from "../src/entity.js";
import { flowsQuerySchema } from "../src/flows.js";

const name = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?$/);
const entity: fc.Arbitrary<Entity> = fc.oneof(
  fc.record({
    kind: fc.constant("workload" as const),
    namespace: name,
    workloadKind: fc.constantFrom("Deployment", "Job"),
    name,
  }),
  fc.record({ kind: fc.constant("service" as const), namespace: name, workloadKind: fc.constant(""), name }),
  fc.record({
    kind: fc.constantFrom("node" as const, "external" as const, "unknown" as const),
    namespace: fc.constant(""),
    workloadKind: fc.constant(""),
    name: fc.oneof(name, fc.ipV4(), fc.ipV6()),
  }),
);

test("an entity's id leads back to it", () => {
  fc.assert(
    fc.property(entity, (value) => {
      expect(parseEntityId(entityId(value))).toEqual(value);
    }),
  );
});

test.each(["", "web", "pod:x", "workload:shop/web", "service:web", "external:"])(
  "%j is no entity id",
  (id) => {
    expect(parseEntityId(id)).toBeUndefined();
  },
);

test("lists in a query may be repeated or separated by commas", () => {
  expect(flowsQuerySchema.parse({ namespace: "a,b" }).namespace).toEqual(["a", "b"]);
  expect(flowsQuerySchema.parse({ protocol: ["tcp", "udp"] }).protocol).toEqual(["tcp", "udp"]);
  expect(flowsQuerySchema.parse({}).namespace).toBeUndefined();
  expect(flowsQuerySchema.safeParse({ protocol: "ipx" }).success).toBe(false);
});
