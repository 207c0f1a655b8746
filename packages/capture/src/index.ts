export * from "./frame-source.js";
