import type { MapEdge } from "@hopline/api";
import { formatBytes, formatCount } from "../../units/quantity";

/** By which port and Service an edge talks, busiest first. */
export function PortTable({ ports }: { ports: MapEdge["ports"] }) {
  const sorted = [...ports].sort((a, b) => b.bytes - a.bytes);
  return (
    <section aria-label="Ports and services" className="border-b border-line py-3">
      <table className="w-full text-xs">
        <thead className="text-2xs text-muted">
          <tr>
            <th scope="col" className="py-1 pl-4 text-left text-xs font-semibold text-text">
              Ports and services
            </th>
            <th scope="col" className="px-2 py-1 text-right font-medium">
              Connections
            </th>
            <th scope="col" className="py-1 pr-4 text-right font-medium">
              Bytes
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((port) => (
            <tr key={`${port.protocol} ${port.port} ${port.service}`}>
              <td className="py-0.5 pl-4">
                <span className="font-mono">
                  {port.protocol.startsWith("icmp") ? port.protocol : `${port.protocol}/${port.port}`}
                </span>
                <span className="ml-2 text-muted">{port.service === "" ? "direct" : port.service}</span>
              </td>
              <td className="px-2 py-0.5 text-right">{formatCount(port.connections)}</td>
              <td className="py-0.5 pr-4 text-right">{formatBytes(port.bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
