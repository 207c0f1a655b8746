"use client";

import type { ReactNode } from "react";
import {
  Area,
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { formatClock, formatMinute, formatUtc } from "../../units/clock-time";
import { useTimeZone } from "../time/use-time-zone";
import { chartScale } from "./chart-scale";
import { timeTicks } from "./time-ticks";

/** One step of time; null where nothing was measured. */
export interface ChartPoint {
  readonly time: number;
  readonly values: Readonly<Record<string, number | null>>;
}

export interface ChartSeries {
  readonly key: string;
  readonly name: string;
  readonly color: string;
  readonly form: "area" | "bar" | "line";
  readonly dashes?: string;
  /** Draws a measured zero as a thin bar, where nothing drawn means that nothing was measured. */
  readonly showsZero?: true;
}

const HEIGHT = 116;
const DAY_MS = 86_400_000;
/** Half a bar: the first and the last would else stand on the axis' figures. */
const BAR_PADDING = { left: 10, right: 10 };
/** Height of a bar that stands for a measured zero, pixels. */
const ZERO_BAR = 2;
const TICK = { fontSize: 11, fill: "var(--faint)" };

/** A small time series with its legend; values below zero are drawn downwards and named by their size. */
export function TimeChart({
  title,
  note,
  points,
  series,
  format,
}: {
  title: string;
  note?: ReactNode;
  points: readonly ChartPoint[];
  series: readonly ChartSeries[];
  format: (value: number) => string;
}) {
  const zone = useTimeZone();
  const rows = points.map(({ time, values }) => ({ time, ...values }));
  const scale = chartScale(points.flatMap(({ values }) => series.map(({ key }) => values[key] ?? 0)));
  const hasBars = series.some(({ form }) => form === "bar");
  const withDay = (points.at(-1)?.time ?? 0) - (points[0]?.time ?? 0) > DAY_MS;
  return (
    <figure className="px-4 py-3" data-chart={title}>
      <figcaption className="mb-1 flex flex-wrap items-baseline gap-x-3 text-xs">
        <span className="font-semibold">{title}</span>
        {series.map((one) => (
          <span key={one.key} className="inline-flex items-center gap-1.5 text-2xs text-muted">
            <svg width="12" height="8" aria-hidden="true">
              <path d="M0,4 H12" stroke={one.color} strokeWidth="3" strokeDasharray={one.dashes} />
            </svg>
            {one.name}
          </span>
        ))}
        {note === undefined ? null : <span className="ml-auto text-2xs text-faint">{note}</span>}
      </figcaption>
      <div style={{ height: HEIGHT }}>
        <ResponsiveContainer width="100%" height={HEIGHT} initialDimension={{ width: 380, height: HEIGHT }}>
          <ComposedChart
            data={rows}
            margin={{ top: 6, right: 4, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis
              dataKey="time"
              type="number"
              domain={["dataMin", "dataMax"]}
              tickFormatter={(time: number) => formatMinute(time, zone, withDay)}
              ticks={[...timeTicks(points[0]?.time ?? 0, points.at(-1)?.time ?? 0, zone)]}
              interval="preserveStart"
              tick={TICK}
              tickLine={false}
              axisLine={{ stroke: "var(--line-strong)" }}
              minTickGap={32}
              height={20}
              padding={hasBars ? BAR_PADDING : undefined}
            />
            <YAxis
              width={58}
              tick={TICK}
              tickLine={false}
              axisLine={false}
              ticks={scale.ticks}
              domain={scale.domain}
              tickFormatter={(value: number) => format(Math.abs(value))}
            />
            <Tooltip
              isAnimationActive={false}
              cursor={{ stroke: "var(--line-strong)" }}
              content={({ active, label }) => {
                const point = active ? points.find(({ time }) => time === label) : undefined;
                return point === undefined ? null : (
                  <div className="rounded-md border border-line-strong bg-raised px-2.5 py-1.5 text-xs shadow-lifted">
                    <p className="mb-0.5 text-muted" title={formatUtc(point.time)}>
                      {formatClock(point.time, zone)}
                    </p>
                    {series.map((one) => {
                      const value = point.values[one.key];
                      return (
                        <p key={one.key} className="flex items-center justify-between gap-4">
                          <span className="flex items-center gap-1.5">
                            <span className="size-2 rounded-full" style={{ background: one.color }} />
                            {one.name}
                          </span>
                          <span className="font-medium">
                            {value === null || value === undefined ? "–" : format(Math.abs(value))}
                          </span>
                        </p>
                      );
                    })}
                  </div>
                );
              }}
            />
            {series.some(({ form }) => form === "area") ? (
              <ReferenceLine y={0} stroke="var(--line-strong)" />
            ) : null}
            {series.map((one) => drawn(one))}
          </ComposedChart>
        </ResponsiveContainer>
      </div>
    </figure>
  );
}

function drawn({ key, name, color, form, dashes, showsZero }: ChartSeries) {
  const shared = { key, dataKey: key, name, isAnimationActive: false } as const;
  switch (form) {
    case "area":
      return (
        <Area
          {...shared}
          key={key}
          type="monotone"
          stroke={color}
          strokeWidth={1.5}
          fill={color}
          fillOpacity={0.18}
        />
      );
    case "bar":
      return (
        <Bar
          {...shared}
          key={key}
          fill={color}
          fillOpacity={0.75}
          maxBarSize={14}
          minPointSize={(value) => (showsZero && value !== null ? ZERO_BAR : 0)}
          radius={[1.5, 1.5, 0, 0]}
        />
      );
    case "line":
      return (
        <Line
          {...shared}
          key={key}
          type="monotone"
          stroke={color}
          strokeWidth={1.5}
          strokeDasharray={dashes}
          dot={false}
          connectNulls
        />
      );
  }
}
