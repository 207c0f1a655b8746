"use client";

import { Segmented } from "../controls/segmented";

const CHOICES = [
  { value: "all", name: "All", words: [] },
  { value: "unenforced", name: "Unenforced", words: ["unenforced"] },
  { value: "denied", name: "Denied", words: ["denied-observed", "denied-inferred"] },
  { value: "undelivered", name: "Undelivered", words: ["undelivered"] },
  { value: "undetermined", name: "Undetermined", words: ["undetermined"] },
  { value: "allowed", name: "Allowed", words: ["allowed"] },
] as const;

/** Which connections are counted, by how verdict and outcome agree. */
export function ConformanceChoice({
  chosen,
  onChange,
}: {
  chosen: readonly string[];
  onChange: (words: readonly string[]) => void;
}) {
  const known = CHOICES.find(({ words }) => [...words].sort().join() === [...chosen].sort().join());
  return (
    <Segmented
      label="Conformance"
      // An address may combine words as none of these does.
      value={known?.value ?? ""}
      options={CHOICES}
      onChange={(value) => onChange(CHOICES.find((choice) => choice.value === value)?.words ?? [])}
    />
  );
}
