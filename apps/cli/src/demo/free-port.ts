import { createServer } from "node:net";
import { Fault, systemCode } from "@hopline/fault";

/**
 * The port asked for, or a free one where 0 was.
 *
 * @throws Fault `PORT_TAKEN`, naming the flag
 */
export async function availablePort(port: number, flag: string): Promise<number> {
  const server = createServer();
  try {
    return await new Promise<number>((resolve, reject) => {
      server.on("error", reject);
      server.listen({ port, host: "127.0.0.1" }, () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : port);
      });
    });
  } catch (thrown) {
    if (systemCode(thrown) !== "EADDRINUSE" && systemCode(thrown) !== "EACCES") throw thrown;
    const why = systemCode(thrown) === "EACCES" ? "is not ours to take" : "is taken";
    throw new Fault({
      code: "PORT_TAKEN",
      message: `Port ${port} on 127.0.0.1 ${why}.`,
      hint: `Choose another with ${flag}, or 0 for a free one.`,
    });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
