export * from "./hop-rows.js";
