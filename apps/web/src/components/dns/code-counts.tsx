import { type DnsName, dnsCodeText } from "@hopline/api";
import clsx from "clsx";
import { formatCount, formatExactCount } from "../../units/quantity";

const NO_ERROR = 0;
const NO_SUCH_NAME = 3;

const MEANINGS: ReadonlyMap<number, string> = new Map([
  [0, "answered without an error"],
  [2, "the server could not answer"],
  [3, "there is no such name"],
  [5, "the server refused to answer"],
  [255, "no answer came within five seconds"],
]);

/** How questions ended, by response code. No such name is an answer too, and less of an alarm than none. */
export function CodeCounts({ codes }: { codes: DnsName["codes"] }) {
  return (
    <ul className="flex flex-wrap gap-1">
      {codes.map(({ code, questions }) => (
        <li
          key={code}
          title={`${formatExactCount(questions)} questions: ${MEANINGS.get(code) ?? dnsCodeText(code)}`}
          className={clsx(
            "inline-flex items-baseline gap-1 rounded-full px-2 text-2xs leading-5 font-medium whitespace-nowrap",
            code === NO_ERROR && "bg-good-soft text-good",
            code === NO_SUCH_NAME && "bg-warn-soft text-warn",
            code !== NO_ERROR && code !== NO_SUCH_NAME && "bg-bad-soft text-bad",
          )}
        >
          {dnsCodeText(code)}
          <span className="font-normal">{formatCount(questions)}</span>
        </li>
      ))}
    </ul>
  );
}
