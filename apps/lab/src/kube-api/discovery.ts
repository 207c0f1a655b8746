import { ApiFault } from "./api-fault.js";
import { RESOURCE_TYPES, type ResourceType } from "./resource-types.js";

const VERBS = ["get", "list", "watch"] as const;

/** What `/version` says; kubectl compares its own version with it. */
export const SERVER_VERSION = {
  major: "1",
  minor: "33",
  gitVersion: "v1.33.0+hopline-lab",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "2026-01-01T00:00:00Z",
  goVersion: "",
  compiler: "",
  platform: `linux/${process.arch === "x64" ? "amd64" : process.arch}`,
};

/** The document behind `/api`: versions of the core group. */
export function coreVersions(serverAddress: string): object {
  return {
    kind: "APIVersions",
    versions: ["v1"],
    serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress }],
  };
}

/** The document behind `/apis`: the named groups. */
export function groupList(): object {
  return { kind: "APIGroupList", apiVersion: "v1", groups: groupNames().map(groupBody) };
}

/** The document behind `/apis/GROUP`. */
export function group(name: string): object {
  if (!groupNames().includes(name)) throw notServed();
  return { kind: "APIGroup", apiVersion: "v1", ...groupBody(name) };
}

/** The document behind `/api/v1` and `/apis/GROUP/VERSION`. */
export function resourceList(groupName: string, version: string): object {
  const types = RESOURCE_TYPES.filter((type) => type.group === groupName && type.version === version);
  if (types.length === 0) throw notServed();
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: groupName === "" ? version : `${groupName}/${version}`,
    resources: types.map((type) => ({
      name: type.plural,
      singularName: type.singular,
      namespaced: type.namespaced,
      kind: type.kind,
      verbs: VERBS,
      shortNames: type.shortNames.length === 0 ? undefined : type.shortNames,
      categories: type.categories.length === 0 ? undefined : type.categories,
    })),
  };
}

/** What a path that nothing answers gets. */
export function notServed(): ApiFault {
  return new ApiFault(404, "the server could not find the requested resource", { details: {} });
}

export function findType(groupName: string, version: string, plural: string): ResourceType | undefined {
  return RESOURCE_TYPES.find(
    (type) => type.group === groupName && type.version === version && type.plural === plural,
  );
}

function groupNames(): string[] {
  return [...new Set(RESOURCE_TYPES.map((type) => type.group).filter((name) => name !== ""))];
}

function groupBody(name: string): object {
  const versions = [
    ...new Set(RESOURCE_TYPES.filter((type) => type.group === name).map((type) => type.version)),
  ];
  const entries = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: entries, preferredVersion: entries[0] };
}
