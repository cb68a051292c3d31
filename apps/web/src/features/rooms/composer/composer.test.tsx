import { expect, test } from "bun:test";
import { createClient, type MaruClient } from "@maru/client";
import { act, render, screen, userEvent } from "../../../fixtures/dom.fixture.ts";
import type { ComposerAction } from "../../../shell/frame/slots.tsx";

const { joinSlots, SlotsProvider } = await import("../../../shell/frame/slots.tsx");
const { ClientProvider } = await import("@maru/react");
const { Composer } = await import("./composer.tsx");
const { words } = await import("../i18n/words.ts");
await words.load();

type Offer = (insert: (text: string) => void) => ComposerAction;

const usual = createClient({ url: "http://maru.example" });

function draw(offers: readonly Offer[], roomId?: string, client: MaruClient = usual) {
  const sent: string[] = [];
  const slots = joinSlots([
    {
      composer: offers.map((offer) => ({ insert }) => [offer(insert)]),
    },
  ]);
  render(
    <ClientProvider client={client}>
      <SlotsProvider slots={slots}>
        <Composer start="" label="메시지" onSend={(text) => sent.push(text)} {...(roomId && { roomId })} />
      </SlotsProvider>
    </ClientProvider>,
  );
  return { sent, field: screen.getByRole<HTMLTextAreaElement>("textbox", { name: "메시지" }) };
}

const smile: Offer = (insert) => ({
  key: "smile",
  label: "웃음 넣기",
  icon: null,
  place: "beside",
  rank: 10,
  onSelect: () => insert("🙂"),
});
const file: Offer = () => ({ key: "file", label: "파일", icon: null, place: "add", rank: 10, onSelect: () => {} });

test("where nobody adds anything there is the text and the button that sends it, and no ＋", () => {
  draw([], "room_1");
  expect(screen.getAllByRole("button").map((button) => button.getAttribute("aria-label"))).toEqual(["보내기"]);
});

test("what a feature adds beside the text puts it where the cursor is, and leads back to the field", async () => {
  const { field, sent } = draw([smile], "room_1");
  const user = userEvent.setup();
  await user.type(field, "안녕하세요");
  field.setSelectionRange(2, 2);
  await user.click(screen.getByRole("button", { name: "웃음 넣기" }));
  expect(field.value).toBe("안녕🙂하세요");
  expect(document.activeElement).toBe(field);
  await user.click(screen.getByRole("button", { name: "보내기" }));
  expect(sent).toEqual(["안녕🙂하세요"]);
  expect(field.value).toBe("");
});

test("what a feature adds to ＋ makes the ＋, with a menu", () => {
  draw([file], "room_1");
  const add = screen.getByRole("button", { name: "더하기" });
  expect(add.getAttribute("aria-haspopup")).toBe("menu");
});

test("a message that is being changed takes text alone", () => {
  draw([smile, file]);
  expect(screen.queryByRole("button", { name: "더하기" })).toBeNull();
  expect(screen.queryByRole("button", { name: "웃음 넣기" })).toBeNull();
});

test("how long a message may be is the account's, and counts anew when that changes", async () => {
  const limits = { ...usual.limits.getSnapshot(), messageCharacters: 3 };
  let listener = () => {};
  let now = limits;
  const observable = {
    getSnapshot: () => now,
    subscribe(listen: () => void) {
      listener = listen;
      return () => {};
    },
  };
  const client = Object.create(usual, { limits: { value: observable } }) as MaruClient;
  const { field } = draw([], undefined, client);
  await userEvent.setup().type(field, "네글자요");
  const isSendable = () => !screen.getByRole<HTMLButtonElement>("button", { name: "보내기" }).disabled;
  expect([screen.getByRole("alert").textContent, isSendable()]).toEqual([expect.stringContaining("3"), false]);
  act(() => {
    now = { ...limits, messageCharacters: 4 };
    listener();
  });
  expect([screen.getByRole("alert").textContent, isSendable()]).toEqual(["", true]);
});
