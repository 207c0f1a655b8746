import { Fragment } from "react";

/** A domain name that breaks after its dots where it must. */
export function DomainName({ name }: { name: string }) {
  if (name === "") return ".";
  const labels = name.split(".");
  let end = 0;
  return labels.map((label, index) => {
    end += label.length + 1;
    return index === labels.length - 1 ? (
      label
    ) : (
      <Fragment key={end}>
        {label}.<wbr />
      </Fragment>
    );
  });
}
