import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DnsMessage, decodeDns, dnsName } from "../src/dns.js";
import { STATUS_NAMES } from "../src/status.js";
import { type Bytes, u16, zeros } from "./frame-builders.js";
import { fromHex } from "./golden.js";

/** Query 0x1f2e: A of Kubernetes.Default.svc. */
const QUERY = fromHex(
  "1f2e01000001000000000000",
  "0a4b756265726e65746573",
  "0744656661756c74",
  "03737663",
  "00",
  "00010001",
);
/** Its answer, truncated: NXDOMAIN, no answers, one authority. */
const ANSWER = fromHex("1f2e83830001000000010000", "03777777", "076578616d706c65", "00", "001c0001");

function decode(bytes: Bytes, margin = 0): { reason: string | undefined; name: string; message: DnsMessage } {
  const buffer = new Uint8Array(bytes.length + 2 * margin).fill(0xff);
  buffer.set(bytes, margin);
  const message = new DnsMessage();
  const status = decodeDns(new DataView(buffer.buffer), margin, margin + bytes.length, message);
  return { reason: STATUS_NAMES[status], name: dnsName(message), message };
}

function question(name: Bytes, type = 1): Bytes {
  return [...u16(1), ...u16(0x0100), ...u16(1), ...zeros(6), ...name, ...u16(type), 0, 1];
}

function label(text: string): Bytes {
  return [text.length, ...Buffer.from(text, "latin1")];
}

describe("DNS", () => {
  it("gives a query's header and question", () => {
    const { reason, name, message } = decode(QUERY);
    expect(reason).toBe("counted");
    expect(name).toBe("kubernetes.default.svc");
    expect(message).toMatchObject({
      id: 0x1f2e,
      isResponse: 0,
      responseCode: 0,
      questionType: 1,
      questionCount: 1,
      answerCount: 0,
      isTruncated: 0,
      nameOffset: 0,
      nameLength: 22,
      isNameCut: 0,
    });
  });

  it("gives an answer's code", () => {
    const { reason, name, message } = decode(ANSWER);
    expect(reason).toBe("counted");
    expect(name).toBe("www.example");
    expect(message).toMatchObject({ isResponse: 1, responseCode: 3, questionType: 28, isTruncated: 1 });
  });

  it("is cut at any length short of the whole question, and keeps the header", () => {
    for (let length = 0; length < QUERY.length; length++) {
      const { reason, message } = decode(QUERY.slice(0, length));
      expect(reason).toBe("truncated_dns");
      expect(message).toMatchObject({ id: length < 12 ? 0 : 0x1f2e, nameLength: 0, questionType: 0 });
    }
  });

  it.each<[string, Bytes, string]>([
    ["the root", [0], "."],
    ["upper case", [...label("FOO"), 0], "foo"],
    ["a dot and a backslash in a label", [...label("a.b\\c"), ...label("d"), 0], "a\\046b\\092c.d"],
    ["what is not printable", [...label("\x00 \x7f\xff"), 0], "\\000\\032\\127\\255"],
    ["services and wildcards", [...label("_http"), ...label("*"), ...label("x-1"), 0], "_http.*.x-1"],
  ])("writes %s", (_, name, text) => {
    expect(decode(question(name))).toMatchObject({ reason: "counted", name: text });
  });

  it("follows a pointer, and goes on behind the first one", () => {
    const name = [...label("www"), 0xc0, 22];
    expect(decode([...question(name, 28), ...label("example"), 0])).toMatchObject({
      reason: "counted",
      name: "www.example",
      message: { questionType: 28 },
    });
  });

  it.each<[string, Bytes]>([
    ["a pointer to itself", [0xc0, 12]],
    ["a loop of labels", [...label("a"), 0xc0, 12]],
    ["two pointers at each other", [0xc0, 14, 0xc0, 12]],
    ["a label type of 1", [0x40, 0]],
    ["a label type of 2", [0x80, 0]],
    ["a name of more than 255 bytes", [...Array.from({ length: 128 }, () => label("a")).flat(), 0]],
  ])("refuses %s", (_, name) => {
    expect(decode(question(name))).toMatchObject({ reason: "bad_dns", name: "" });
  });

  it("takes the longest name that there is", () => {
    const name = [...Array.from({ length: 127 }, () => label("a")).flat(), 0];
    expect(decode(question(name))).toMatchObject({
      reason: "counted",
      message: { nameLength: 253, isNameCut: 0 },
    });
  });

  it("leaves out the end of a name whose escapes make it too long", () => {
    const binary = label("\xff".repeat(63));
    const { reason, name, message } = decode(question([...binary, ...binary, 0]));
    expect(reason).toBe("counted");
    expect(message.isNameCut).toBe(1);
    expect(name).toBe(`${"\\255".repeat(63)}.`);
  });

  it("refuses operations that there are not, and counts a message without a question", () => {
    expect(decode([0, 1, 0x38, ...zeros(20)]).reason).toBe("bad_dns");
    expect(decode([0, 1, 0x84, 0, ...zeros(2), 0, 2, ...zeros(4)])).toMatchObject({
      reason: "counted",
      name: "",
      message: { isResponse: 1, questionCount: 0, answerCount: 2 },
    });
  });

  it("shows nothing of an earlier message", () => {
    const message = new DnsMessage();
    const view = (bytes: Bytes) => new DataView(Uint8Array.from(bytes).buffer);
    decodeDns(view(ANSWER), 0, ANSWER.length, message);
    decodeDns(view(QUERY), 0, 5, message);
    expect({ ...message, name: dnsName(message) }).toEqual({ ...new DnsMessage(), name: "" });
  });

  it("never throws on any bytes, and reads nothing outside them", () => {
    const damaged = fc
      .tuple(fc.constantFrom(QUERY, ANSWER), fc.array(fc.tuple(fc.nat(40), fc.nat(255)), { maxLength: 4 }))
      .map(([bytes, changes]) => {
        const result = [...bytes];
        for (const [at, value] of changes) if (at < result.length) result[at] = value;
        return result;
      });
    const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => [...bytes]);
    fc.assert(
      fc.property(fc.oneof(damaged, noise), (bytes) => {
        const alone = decode(bytes);
        expect(decode(bytes, 64)).toEqual(alone);
        expect(["counted", "truncated_dns", "bad_dns"]).toContain(alone.reason);
        expect(alone.name).toMatch(/^[!-~]{0,256}$/);
      }),
      { numRuns: 5_000 },
    );
  });
});
