import { fileURLToPath } from "node:url";
import type { NextConfig } from "next";

const workspaceRoot = fileURLToPath(new URL("../..", import.meta.url));

/** For every answer; the content security policy carries a nonce and is set per page in src/proxy.ts. */
const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=(), payment=(), usb=()" },
];

const config: NextConfig = {
  output: "standalone",
  outputFileTracingRoot: workspaceRoot,
  turbopack: { root: workspaceRoot },
  poweredByHeader: false,
  reactStrictMode: true,
  agentRules: false,
  devIndicators: false,
  // Neither builds nor development servers ask another host for anything.
  // A build happens once for a checkout or an image: writing Turbopack's cache would cost more than it saves.
  experimental: { agentUpgrade: false, turbopackFileSystemCacheForBuild: false },
  typescript: { tsconfigPath: "tsconfig.build.json" },
  redirects: async () => [{ source: "/", destination: "/map", permanent: false }],
  headers: async () => [{ source: "/:path*", headers: securityHeaders }],
};

export default config;
