export { dataDirSchema } from "./data-dir.js";
export { LIFELINE_VARIABLE, watchLifeline } from "./lifeline.js";
export { createLogger, type Logger, type LoggerOptions, logFormatSchema, logLevelSchema } from "./logger.js";
export { type Outcome, runApp, type Service } from "./run-app.js";
export { readSettings, type SettingSource, type SettingsAnswer, type SettingsRequest } from "./settings.js";
