/** Reads RFC 4180 character by character: the test's own reader, strict about line ends and quotes. */
export function parseCsv(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field = "";
    if (text[at] === '"') {
      for (at++; ; at++) {
        if (at >= text.length) throw new Error("a quoted field does not end");
        if (text[at] !== '"') field += text[at];
        else if (text[at + 1] === '"') field += text[at++];
        else break;
      }
      at++;
    } else {
      while (at < text.length && text[at] !== "," && text[at] !== "\r") {
        if (text[at] === '"' || text[at] === "\n")
          throw new Error(`a bare ${JSON.stringify(text[at])} at ${at}`);
        field += text[at++];
      }
    }
    line.push(field);
    if (text[at] === ",") at++;
    else if (text.startsWith("\r\n", at)) {
      at += 2;
      lines.push(line);
      line = [];
    } else throw new Error(`neither a comma nor a line end at ${at}`);
    if (text[at - 1] === "," && at === text.length) throw new Error("the last line does not end");
  }
  return lines;
}
