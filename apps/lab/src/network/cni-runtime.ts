import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "@hopline/fault";
import { z } from "zod";
import { netnsPath, tryCommand } from "../host/run-command.js";

const IF_NAME = "eth0";

const configurationSchema = z.object({
  cniVersion: z.string(),
  name: z.string(),
  plugins: z.array(
    z.looseObject({ type: z.string(), capabilities: z.record(z.string(), z.boolean()).optional() }),
  ),
});

const resultSchema = z.looseObject({
  interfaces: z
    .array(z.looseObject({ name: z.string(), mac: z.string(), sandbox: z.string().optional() }))
    .optional(),
  ips: z.array(z.object({ address: z.string() })).optional(),
});

type Configuration = z.output<typeof configurationSchema>;
type Result = z.output<typeof resultSchema>;

export interface Attachment {
  /** Container id: unique, and the same for ADD and DEL. */
  readonly containerId: string;
  /** The pod's network namespace, by name. */
  readonly netns: string;
  /** An address that the pod should get, with its prefix length; host-local refuses one that is taken. */
  readonly requestedAddress?: string;
}

/** A pod's interface as the plugins have made it. */
export interface PodInterface {
  readonly name: string;
  readonly mac: string;
  /** IPv4, without prefix length. */
  readonly address: string;
}

export interface CniRuntimeOptions {
  /** The node's network namespace: plugins run in it. */
  readonly nodeNetns: string;
  /** Folder with configuration lists; the first by name is taken. */
  readonly configurationFolder: string;
  /** Folder with the plugins' programs. */
  readonly pluginFolder: string;
}

/** Attaches pods of one node by calling the plugins as the CNI specification (1.0.0, sections 2 to 4) says. */
export class CniRuntime {
  readonly #options: CniRuntimeOptions;
  readonly #results = new Map<string, Result>();
  #configuration: Configuration | undefined;

  constructor(options: CniRuntimeOptions) {
    this.#options = options;
  }

  /**
   * ADD by each plugin in order, each given the result of the one before.
   * @throws Fault `LAB_CNI_FAILED`
   */
  async add(attachment: Attachment): Promise<PodInterface> {
    const configuration = await this.#load();
    let previous: Result | undefined;
    for (const plugin of configuration.plugins) {
      const output = await this.#call("ADD", configuration, plugin, attachment, previous);
      previous = resultSchema.parse(JSON.parse(output));
    }
    const address = previous?.ips?.[0]?.address.split("/")[0];
    const made = previous?.interfaces?.find((candidate) => candidate.sandbox !== undefined);
    if (previous === undefined || address === undefined || made === undefined) {
      throw failed(`ADD gave ${attachment.containerId} no address`);
    }
    this.#results.set(attachment.containerId, previous);
    return { name: made.name, mac: made.mac, address };
  }

  /** DEL by each plugin in reverse order, each given the result of ADD. What is gone already is no error to a plugin. */
  async remove(attachment: Attachment): Promise<void> {
    const configuration = await this.#load();
    const result = this.#results.get(attachment.containerId);
    this.#results.delete(attachment.containerId);
    for (const plugin of configuration.plugins.toReversed()) {
      await this.#call("DEL", configuration, plugin, attachment, result);
    }
  }

  async #call(
    command: "ADD" | "DEL",
    configuration: Configuration,
    plugin: Configuration["plugins"][number],
    attachment: Attachment,
    previous: Result | undefined,
  ): Promise<string> {
    const { nodeNetns, pluginFolder } = this.#options;
    const { capabilities, ...own } = plugin;
    const ips = capabilities?.ips && attachment.requestedAddress ? [attachment.requestedAddress] : undefined;
    const answer = await tryCommand({
      command: join(pluginFolder, plugin.type),
      args: [],
      netns: nodeNetns,
      env: {
        CNI_COMMAND: command,
        CNI_CONTAINERID: attachment.containerId,
        CNI_NETNS: netnsPath(attachment.netns),
        CNI_IFNAME: IF_NAME,
        CNI_PATH: pluginFolder,
      },
      input: JSON.stringify({
        ...own,
        cniVersion: configuration.cniVersion,
        name: configuration.name,
        ...(ips === undefined ? {} : { runtimeConfig: { ips } }),
        ...(previous === undefined ? {} : { prevResult: previous }),
      }),
    });
    if (answer.exitCode === 0) return answer.stdout;
    throw failed(
      `${plugin.type} ${command} for ${attachment.containerId}: ${errorText(answer.stdout, answer.stderr)}`,
    );
  }

  async #load(): Promise<Configuration> {
    if (this.#configuration !== undefined) return this.#configuration;
    const { configurationFolder } = this.#options;
    const [file] = (await readdir(configurationFolder)).filter((name) => name.endsWith(".conflist")).sort();
    if (file === undefined) throw failed(`${configurationFolder} holds no .conflist file`);
    this.#configuration = configurationSchema.parse(
      JSON.parse(await readFile(join(configurationFolder, file), "utf8")),
    );
    return this.#configuration;
  }
}

/** A plugin that fails says why on its standard output, as JSON with `msg` and `details`. */
function errorText(stdout: string, stderr: string): string {
  try {
    const error = z.object({ msg: z.string(), details: z.string().optional() }).parse(JSON.parse(stdout));
    return error.details ? `${error.msg}: ${error.details}` : error.msg;
  } catch {
    return (stderr || stdout).trim();
  }
}

function failed(message: string): Fault {
  return new Fault({ code: "LAB_CNI_FAILED", message: `The CNI plugins failed: ${message}.` });
}
