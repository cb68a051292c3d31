import { expect, test } from "bun:test";
import type { RoomSummary } from "@maru/protocol";
import { render, screen } from "../../fixtures/dom.fixture.ts";
import type { RoomAction, RoomActionContext, Slots } from "./slots.tsx";

const { joinSlots, SlotsProvider, useDetailEntries, useMessageActions, useRoomActions } = await import("./slots.tsx");

const room = { id: "room_1" } as unknown as RoomSummary;

function action(key: string, rank: number) {
  return ({ room: { id } }: RoomActionContext): RoomAction[] => [
    { key, rank, label: `${key} of ${id}`, icon: null, onSelect: () => {} },
  ];
}

function Shown() {
  const actions = useRoomActions("roomHeader", { room, ask: () => {} });
  const offer = useMessageActions();
  const items = offer({ roomId: room.id, seq: 3, text: "말", isMine: true, canPost: true });
  const details = useDetailEntries();
  const labels = items.map((item) => (item === "separator" ? "" : item.label));
  return <p>{[...actions.map(({ label }) => label), ...labels, ...details.map(({ key }) => key)].join(", ")}</p>;
}

const Body = () => null;
const first: Partial<Slots> = {
  roomHeader: [action("later", 20)],
  message: [
    () =>
      ({ seq }) => [{ key: "pin", label: `pin ${seq}`, onSelect: () => {} }],
  ],
  detail: [{ key: "files", title: () => "참여한 사람", Icon: Body, rank: 20, Body }],
};
const second: Partial<Slots> = {
  roomHeader: [action("sooner", 10)],
  detail: [{ key: "members", title: () => "참여한 사람", Icon: Body, rank: 10, Body }],
};

test("what features add stands in the order of its rank, and is made for the room and the message at hand", () => {
  render(
    <SlotsProvider slots={joinSlots([first, undefined, second])}>
      <Shown />
    </SlotsProvider>,
  );
  expect(screen.getByText("sooner of room_1, later of room_1, pin 3, members, files")).toBeTruthy();
});

test("where nobody has added anything there is nothing", () => {
  const { container } = render(<Shown />);
  expect(container.textContent).toBe("");
});
