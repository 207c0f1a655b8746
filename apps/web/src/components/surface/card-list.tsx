import type { HTMLAttributes, ReactNode } from "react";
import { FRAME } from "./frame";

export interface CardListProps<Row> extends Omit<HTMLAttributes<HTMLUListElement>, "children"> {
  /** Names the list for screen readers. */
  readonly label: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly card: (row: Row) => ReactNode;
}

/** Rows one below the other where there is no room for columns. */
export function CardList<Row>({ label, rows, keyOf, card, ...rest }: CardListProps<Row>) {
  return (
    <ul aria-label={label} className={`divide-y divide-line ${FRAME}`} {...rest}>
      {rows.map((row) => (
        <li key={keyOf(row)} className="space-y-1 px-3 py-2.5">
          {card(row)}
        </li>
      ))}
    </ul>
  );
}
