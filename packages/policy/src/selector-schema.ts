import { z } from "zod";
import { EVERYTHING, type LabelSelector } from "./label-selector.js";

const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** A label's key: a name of up to 63 characters, after an optional DNS name and a slash. */
const keySchema = z.string().refine((key) => {
  const slash = key.indexOf("/");
  if (slash < 0) return NAME.test(key);
  return NAME.test(key.slice(slash + 1)) && slash <= 253 && PREFIX.test(key.slice(0, slash));
}, "is no label key");

const valueSchema = z.string().refine((value) => value === "" || NAME.test(value), "is no label value");

export const labelsSchema = z.record(keySchema, valueSchema);

const requirementSchema = z
  .strictObject({
    key: keySchema,
    operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]),
    values: z.array(valueSchema).nullish(),
  })
  .superRefine(({ operator, values }, context) => {
    const needsValues = operator === "In" || operator === "NotIn";
    const hasValues = (values ?? []).length > 0;
    if (needsValues === hasValues) return;
    const message = needsValues ? `must not be empty for ${operator}` : `must be empty for ${operator}`;
    context.addIssue({ code: "custom", path: ["values"], message });
  });

/** meta/v1 LabelSelector. */
export const selectorSchema = z.strictObject({
  matchLabels: labelsSchema.nullish(),
  matchExpressions: z.array(requirementSchema).nullish(),
});

export function toSelector(selector: z.output<typeof selectorSchema> | null | undefined): LabelSelector {
  if (selector === null || selector === undefined) return EVERYTHING;
  return {
    matchLabels: selector.matchLabels ?? {},
    matchExpressions: (selector.matchExpressions ?? []).map(({ key, operator, values }) => ({
      key,
      operator,
      values: values ?? [],
    })),
  };
}
