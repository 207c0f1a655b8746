// A Kubernetes API over HTTPS with two nodes in it, for deploy.e2e.test.ts: KEY and CERT are files.
import { readFileSync } from "node:fs";
import { ObjectStore, startKubeApi } from "../../apps/lab/dist/kube-api/index.js";

const store = new ObjectStore();
store.apply({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: "node1" },
  spec: { podCIDR: "10.244.1.0/24", podCIDRs: ["10.244.1.0/24"] },
  status: { addresses: [{ type: "InternalIP", address: process.env.NODE_ADDRESS }] },
});
const cert = readFileSync(process.env.CERT, "utf8");
await startKubeApi({
  store,
  host: "127.0.0.1",
  port: 6443,
  tokens: { "service-account-token": {} },
  tls: { key: readFileSync(process.env.KEY, "utf8"), cert, ca: cert },
});
process.stdout.write("ready\n");
