export { describe, Fault, type FaultDetails, systemCode } from "./fault.js";
