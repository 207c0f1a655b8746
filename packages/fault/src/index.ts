export { describe, Fault, type FaultDetails, systemCode, whyUnreadable } from "./fault.js";
