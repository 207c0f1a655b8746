import { forwardRequest } from "../../../../collector/forward-request";

export const dynamic = "force-dynamic";

export function GET(request: Request): Promise<Response> {
  return forwardRequest(request, process.env);
}

export function POST(request: Request): Promise<Response> {
  return forwardRequest(request, process.env);
}
