import { z } from "zod";
import { isLabName } from "../host/names.js";

export const labNameSchema = z
  .string()
  .refine(isLabName, "take up to 24 small letters and digits")
  .default("demo");

export const labNameSource = {
  flag: "name",
  env: "HOPLINE_LAB_NAME",
  about: "the lab's name (demo)",
} as const;
