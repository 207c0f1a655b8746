import {
  alertsAnswerSchema,
  connectionDetailSchema,
  connectionPathSchema,
  dnsAnswerSchema,
  edgeSeriesSchema,
  flowsAnswerSchema,
  type LossQuery,
  latencyAnswerSchema,
  lossAnswerSchema,
  mapAnswerSchema,
  PATHS,
  statusSchema,
  summarySchema,
  USUAL_LATENCY_MS,
} from "@hopline/api";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { ConnectionFilter } from "../filters/connection-filter";
import { refreshIntervalMs, spanKey, spanQuery, type TimeSpan } from "../filters/time-span";
import type { CollectorClient } from "./collector-client";
import { queryText } from "./query-text";
import { mayPass, RETRY_INTERVAL_MS, unlessRefused, windowIntervalMs } from "./refetching";

/** What a card or edge limit is worth on one screen; above it the map says what it leaves out. */
export const MAP_LIMITS = { maxNodes: 80, maxEdges: 200 } as const;
const FLOWS_PAGE_SIZE = 100;
const MINUTE_MS = 60_000;
const STATUS_INTERVAL_MS = 5_000;

export interface MapQuestion {
  readonly filter: ConnectionFilter;
  readonly span: TimeSpan;
  /** Namespaces drawn as one card. */
  readonly collapse: readonly string[];
}

export function mapQuestion(collector: CollectorClient, { filter, span, collapse }: MapQuestion) {
  return queryOptions({
    queryKey: ["map", queryText({ ...filter, collapse }), spanKey(span)],
    queryFn: ({ signal }) =>
      collector.ask(
        PATHS.map,
        queryText({ ...filter, collapse, ...MAP_LIMITS, ...spanQuery(span, collector.now()) }),
        mapAnswerSchema,
        signal,
      ),
    refetchInterval: unlessRefused(refreshIntervalMs(span)),
    placeholderData: keepPreviousData,
  });
}

export function seriesQuestion(collector: CollectorClient, filter: ConnectionFilter, span: TimeSpan) {
  return queryOptions({
    queryKey: ["series", queryText(filter), spanKey(span)],
    queryFn: ({ signal }) =>
      collector.ask(
        PATHS.edgeSeries,
        queryText({ ...filter, ...spanQuery(span, collector.now()) }),
        edgeSeriesSchema,
        signal,
      ),
    refetchInterval: unlessRefused(refreshIntervalMs(span)),
  });
}

export interface FlowsQuestion {
  readonly filter: ConnectionFilter;
  readonly span: TimeSpan;
  readonly sort: string;
  readonly order: "asc" | "desc";
}

/** The first rows only, refreshed: for the side panel. */
export function topFlowsQuestion(collector: CollectorClient, question: FlowsQuestion, limit: number) {
  const { filter, span, sort, order } = question;
  return queryOptions({
    queryKey: ["flows", "top", queryText({ ...filter, sort, order, limit }), spanKey(span)],
    queryFn: ({ signal }) =>
      collector.ask(
        PATHS.flows,
        queryText({ ...filter, sort, order, limit, ...spanQuery(span, collector.now()) }),
        flowsAnswerSchema,
        signal,
      ),
    refetchInterval: unlessRefused(refreshIntervalMs(span)),
    placeholderData: keepPreviousData,
  });
}

/** All rows, page after page by cursor; a cursor holds its range, so that pages do not shift. */
export function flowPagesQuestion(collector: CollectorClient, question: FlowsQuestion) {
  const { filter, span, sort, order } = question;
  return infiniteQueryOptions({
    queryKey: ["flows", "pages", queryText({ ...filter, sort, order }), spanKey(span)],
    queryFn: ({ signal, pageParam }) =>
      collector.ask(
        PATHS.flows,
        queryText({
          ...filter,
          sort,
          order,
          limit: FLOWS_PAGE_SIZE,
          ...(pageParam === "" ? spanQuery(span, collector.now()) : { cursor: pageParam }),
        }),
        flowsAnswerSchema,
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    // A page once read stands still; what is new comes by the stream, or by asking again.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchInterval: (query) => (mayPass(query.state.error) ? RETRY_INTERVAL_MS : false),
  });
}

export function connectionQuestion(collector: CollectorClient, id: string, span: TimeSpan) {
  return queryOptions({
    queryKey: ["connection", id, spanKey(span)],
    queryFn: ({ signal }) =>
      collector.ask(
        `${PATHS.connections}/${encodeURIComponent(id)}`,
        queryText(spanQuery(span, collector.now())),
        connectionDetailSchema,
        signal,
      ),
    refetchInterval: unlessRefused(refreshIntervalMs(span)),
  });
}

export function pathQuestion(collector: CollectorClient, id: string, span: TimeSpan) {
  return queryOptions({
    queryKey: ["path", id, spanKey(span)],
    queryFn: ({ signal }) =>
      collector.ask(
        `${PATHS.path}/${encodeURIComponent(id)}`,
        queryText(spanQuery(span, collector.now())),
        connectionPathSchema,
        signal,
      ),
    refetchInterval: unlessRefused(refreshIntervalMs(span)),
  });
}

/** Of loss, and of latency. */
export interface LossQuestion {
  readonly segment: NonNullable<LossQuery["segment"]>;
  /** Null where no pair of nodes is chosen. */
  readonly source: string | null;
  readonly destination: string | null;
  readonly span: TimeSpan;
}

export function lossQuestion(collector: CollectorClient, { span, ...question }: LossQuestion) {
  const chosen = chosenPair(question);
  return queryOptions({
    queryKey: ["loss", queryText(chosen), spanKey(span)],
    queryFn: ({ signal }) =>
      collector.ask(
        PATHS.loss,
        queryText({ ...chosen, ...spanQuery(span, collector.now()) }),
        lossAnswerSchema,
        signal,
      ),
    refetchInterval: unlessRefused(windowIntervalMs(span)),
    placeholderData: keepPreviousData,
  });
}

export function latencyQuestion(collector: CollectorClient, { span, ...question }: LossQuestion) {
  const chosen = chosenPair(question);
  return queryOptions({
    queryKey: ["latency", queryText(chosen), spanKey(span)],
    queryFn: ({ signal }) =>
      collector.ask(
        PATHS.latency,
        queryText({ ...chosen, ...spanQuery(span, collector.now()) }),
        latencyAnswerSchema,
        signal,
      ),
    refetchInterval: unlessRefused(windowIntervalMs(span)),
    placeholderData: keepPreviousData,
  });
}

function chosenPair({ segment, source, destination }: Omit<LossQuestion, "span">) {
  return source === null || destination === null ? {} : { segment, source, destination };
}

/** What segments from and to a node cost others in the hour before a connection began: that does not change any more. */
export function usualLatencyQuestion(collector: CollectorClient, node: string, beforeMs: number) {
  // A connection that is older than the span begins with it: not every look is another question.
  const to = Math.floor(beforeMs / MINUTE_MS) * MINUTE_MS;
  const range = { from: to - USUAL_LATENCY_MS, to };
  return queryOptions({
    queryKey: ["latency", "usual", node, to],
    queryFn: ({ signal }) =>
      collector.ask(PATHS.latency, queryText({ node, ...range }), latencyAnswerSchema, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Of the connections that fit a filter, whatever their nodes. */
export function segmentLatencyQuestion(collector: CollectorClient, filter: ConnectionFilter, span: TimeSpan) {
  return queryOptions({
    queryKey: ["latency", "filtered", queryText(filter), spanKey(span)],
    queryFn: ({ signal }) =>
      collector.ask(
        PATHS.latency,
        queryText({ ...filter, ...spanQuery(span, collector.now()) }),
        latencyAnswerSchema,
        signal,
      ),
    refetchInterval: unlessRefused(windowIntervalMs(span)),
  });
}

export interface DnsQuestion {
  readonly namespace: string | readonly string[] | undefined;
  readonly client: string | undefined;
  readonly name: string;
  /** Response code, or empty for all. */
  readonly code: string;
  readonly sort: string;
  readonly span: TimeSpan;
}

const DNS_PAGE_SIZE = 100;

/** Names asked for, page after page by their place in the order. */
export function dnsQuestion(collector: CollectorClient, { span, ...question }: DnsQuestion) {
  return infiniteQueryOptions({
    queryKey: ["dns", queryText(question), spanKey(span)],
    queryFn: ({ signal, pageParam }) =>
      collector.ask(
        PATHS.dns,
        queryText({
          ...question,
          limit: DNS_PAGE_SIZE,
          offset: pageParam,
          ...spanQuery(span, collector.now()),
        }),
        dnsAnswerSchema,
        signal,
      ),
    initialPageParam: 0,
    getNextPageParam: (page, pages) => {
      const loaded = pages.reduce((sum, { names }) => sum + names.length, 0);
      return page.names.length > 0 && loaded < page.total ? loaded : undefined;
    },
    refetchInterval: unlessRefused(refreshIntervalMs(span)),
    placeholderData: keepPreviousData,
  });
}

export interface AlertsQuestion {
  readonly state: "all" | "active" | "resolved";
  readonly span: TimeSpan;
}

/** What the API calls the choices of the alerts page. */
const ALERT_STATES = { all: undefined, active: ["firing", "pending"], resolved: ["resolved"] } as const;
const ALERTS_INTERVAL_MS = 5_000;

export function alertsQuestion(collector: CollectorClient, { state, span }: AlertsQuestion) {
  return queryOptions({
    queryKey: ["alerts", state, spanKey(span)],
    queryFn: ({ signal }) =>
      collector.ask(
        PATHS.alerts,
        queryText({ state: ALERT_STATES[state], ...spanQuery(span, collector.now()) }),
        alertsAnswerSchema,
        signal,
      ),
    refetchInterval: unlessRefused(span.kind === "fixed" ? false : ALERTS_INTERVAL_MS),
    placeholderData: keepPreviousData,
  });
}

export function statusQuestion(collector: CollectorClient) {
  return queryOptions({
    queryKey: ["status"],
    queryFn: ({ signal }) => collector.ask(PATHS.status, "", statusSchema, signal),
    refetchInterval: unlessRefused(STATUS_INTERVAL_MS),
  });
}

export function summaryQuestion(collector: CollectorClient, span: TimeSpan) {
  return queryOptions({
    queryKey: ["summary", spanKey(span)],
    queryFn: ({ signal }) =>
      collector.ask(PATHS.summary, queryText(spanQuery(span, collector.now())), summarySchema, signal),
    refetchInterval: unlessRefused(refreshIntervalMs(span)),
  });
}
