/** Files in a lab's run folder. */
export const RUN_FILES = {
  description: "lab.json",
  control: "control.sock",
  kubeconfig: "kubeconfig",
  ledger: "ledger.jsonl",
} as const;

/** A running lab, as lab.json and the line that says it is ready describe it. Paths are absolute. */
export interface LabDescription {
  readonly name: string;
  readonly profile: string;
  readonly kubeconfig: string;
  readonly nodes: readonly {
    readonly name: string;
    /** Network namespace, by name, below /run/netns. */
    readonly netns: string;
    readonly address: string;
    readonly podCidr: string;
  }[];
  readonly outside: { readonly netns: string; readonly address: string };
  readonly ledger: string;
  readonly control: string;
  readonly pid: number;
}
