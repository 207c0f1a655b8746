export { type Clock, SYSTEM_CLOCK } from "./clock.js";
export { Collector, type CollectorOptions } from "./collector.js";
export { type CollectorSettings, readCollectorSettings } from "./settings.js";
