import { stringify } from "yaml";

export interface KubeconfigContent {
  readonly url: string;
  /** PEM of the authority to trust; undefined for plain HTTP. */
  readonly ca: string | undefined;
  readonly token: string | undefined;
}

/** A kubeconfig with one context, as YAML. */
export function writeKubeconfig(content: KubeconfigContent): string {
  const cluster =
    content.ca === undefined
      ? // Without this, some clients refuse a URL of plain HTTP.
        { server: content.url, "insecure-skip-tls-verify": true }
      : { server: content.url, "certificate-authority-data": Buffer.from(content.ca).toString("base64") };
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "hopline-lab", cluster }],
    users: [{ name: "hopline-lab", user: content.token === undefined ? {} : { token: content.token } }],
    contexts: [{ name: "hopline-lab", context: { cluster: "hopline-lab", user: "hopline-lab" } }],
    "current-context": "hopline-lab",
  });
}
