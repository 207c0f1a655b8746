import type { Capture } from "./capture.js";
import { ipv4 } from "./ip.js";
import { ethernet } from "./link-layers.js";
import type { SeededRandom } from "./seeded-random.js";
import { TcpConversation } from "./tcp-conversation.js";
import { udp } from "./transports.js";
import { vxlan } from "./tunnels.js";

/** Longer than any round trip here: what comes again now is a retransmission to everybody. */
const TIMEOUT_US = 300_000;

/** Whole TCP connections, each with its own ports: what goes well, and what does not. */
export function conversationCaptures(random: SeededRandom): Capture[] {
  let clientPort = 41_000;
  const begin = (
    name: string,
    overrides: { client?: string; server?: string; clientSequence?: number } = {},
  ) => {
    const conversation = new TcpConversation({
      random,
      client: "10.244.1.20",
      server: "10.244.2.30",
      clientPort: clientPort++,
      ...overrides,
    });
    return { name, conversation };
  };
  const captures: Capture[] = [];
  const add = (
    name: string,
    script: (conversation: TcpConversation) => void,
    overrides: Parameters<typeof begin>[1] = {},
  ) => {
    const { conversation } = begin(name, overrides);
    script(conversation);
    captures.push({ name, frames: conversation.frames });
  };

  const talk = (conversation: TcpConversation, rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      conversation.send(true, random.between(1, 400));
      conversation.acknowledge(false);
      for (let segment = random.between(1, 4); segment > 0; segment--) conversation.send(false, 1_448);
      conversation.acknowledge(true);
    }
  };
  add("TCP without a fault", (conversation) => {
    talk(conversation.open(), 10);
    conversation.close();
  });
  add(
    "TCP over IPv6",
    (conversation) => {
      talk(conversation.open(), 5);
      conversation.close(false);
    },
    { client: "fd00:244:1::20", server: "fd00:244:2::30" },
  );
  add(
    "TCP whose numbers wrap",
    (conversation) => {
      conversation.open();
      for (let i = 0; i < 8; i++) conversation.send(true, 1_000);
      conversation.acknowledge(false).close();
    },
    { clientSequence: 0xfffff000 },
  );
  add("TCP from the middle on", (conversation) => {
    talk(conversation, 6);
    conversation.close();
  });
  add("TCP retransmission of what was seen", (conversation) => {
    conversation.open();
    const sent = conversation.send(true, 1_000);
    conversation.pause(TIMEOUT_US).emitAgain(sent).acknowledge(false);
    const many = [1, 2, 3].map(() => conversation.send(false, 1_448));
    for (const each of many) conversation.pause(TIMEOUT_US).emitAgain(each);
    conversation.acknowledge(true).close();
  });
  add("TCP fast retransmission", (conversation) => {
    conversation.open();
    const first = conversation.send(true, 1_000);
    for (let i = 0; i < 3; i++) {
      conversation.send(true, 1_000);
      conversation.acknowledgeAgain(false);
    }
    conversation.emitAgain(first).acknowledge(false).close();
  });
  add("TCP spurious retransmission", (conversation) => {
    conversation.open();
    const first = conversation.send(true, 1_000);
    conversation.acknowledge(false).pause(TIMEOUT_US).emitAgain(first).acknowledgeAgain(false).close();
  });
  add("TCP out of order", (conversation) => {
    conversation.open();
    const late = conversation.send(true, 700, { seen: false });
    conversation.send(true, 800);
    conversation.pause(-4_000).emitAgain(late).acknowledge(false).close();
  });
  add("TCP loss before the observer", (conversation) => {
    conversation.open();
    const lost = conversation.send(true, 600, { seen: false });
    conversation.send(true, 500);
    conversation.pause(TIMEOUT_US).emitAgain(lost).acknowledge(false).close();
  });
  add("TCP gap that stays", (conversation) => {
    conversation.open();
    conversation.send(true, 900, { seen: false });
    conversation.send(true, 100);
    conversation.acknowledge(false).close();
  });
  add("TCP zero window", (conversation) => {
    conversation.open();
    conversation.send(true, 1_000);
    conversation.closeWindow(false).pause(TIMEOUT_US).acknowledgeAgain(false);
    conversation.send(true, 500);
    conversation.acknowledge(false).close();
  });
  add("TCP keepalive", (conversation) => {
    conversation.open();
    conversation.send(true, 50);
    conversation.acknowledge(false).pause(5e6).keepAlive(true).pause(5e6).keepAlive(true).close();
  });
  add("TCP refused", (conversation) => conversation.open().reset(false));
  add("TCP reset in the middle", (conversation) => {
    talk(conversation.open(), 2);
    conversation.reset(true);
  });
  add("TCP SYN sent again", (conversation) => {
    conversation.open();
    const [syn, ...rest] = conversation.frames.splice(0);
    if (syn === undefined) return;
    conversation.frames.push(
      syn,
      { ...syn, timeUs: syn.timeUs + 1e6 },
      ...rest.map((frame) => ({ ...frame, timeUs: frame.timeUs + 1e6 })),
    );
  });
  const tunnelled = new TcpConversation({
    random,
    client: "10.244.1.21",
    server: "10.244.2.31",
    clientPort: 42_000,
    wrap: (packet) =>
      ethernet(
        {},
        ipv4(
          { source: "192.168.10.1", destination: "192.168.10.2" },
          udp({ sourcePort: 50_001, destinationPort: 8472 }, vxlan({ vni: 3 }, ethernet({}, packet))),
        ),
      ),
  }).open();
  talk(tunnelled, 4);
  const sent = tunnelled.send(true, 333);
  tunnelled.pause(TIMEOUT_US).emitAgain(sent).acknowledge(false).close();
  captures.push({ name: "TCP within VXLAN", frames: tunnelled.frames });
  return captures;
}
