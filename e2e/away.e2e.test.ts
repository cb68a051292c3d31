import { expect, setDefaultTimeout } from "bun:test";
import { describeError } from "@maru/protocol";
import { requires } from "@maru/testkit";
import type { Look } from "./stage/browser.ts";
import { Cable } from "./stage/cable.ts";
import type { Person } from "./stage/person.ts";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(60_000);
const chromium = requires("chromium");

type Network = { readonly fails: () => Promise<void>; readonly isBack: () => Promise<void> };

chromium.describe("without network or server", () => {
  // Open to the network, so that a page may come through a cable with a port of its own.
  const stage = Stage.use({ args: ["--bind", "0.0.0.0"] });

  /** Two people in a room, the first of whom has a network that can fail. */
  async function pairWithCable(look: Partial<Look> = {}): Promise<[Person, Person, Network]> {
    const cable = await Cable.to(stage.server.port);
    const [a, b] = await stage.pair(look, {}, cable.url);
    const network = {
      async fails() {
        await a.context.setOffline(true);
        cable.pull();
        await a.page.getByText(a.words.connection.offline).waitFor();
      },
      async isBack() {
        cable.plugIn();
        await a.context.setOffline(false);
      },
    };
    return [a, b, network];
  }

  chromium.test(
    "what is written offline waits, and is sent once and in order when the network is back",
    stage.walk(async () => {
      const [a, b, network] = await pairWithCable();
      const { words } = a;
      await a.says("아직 연결돼 있어요");
      await b.sees("아직 연결돼 있어요");
      await network.fails();
      for (const text of ["하나", "둘", "셋"]) await a.says(text);
      expect(await a.bubble("셋").getByText(words.room.waitingToSend).count()).toBe(1);
      await a.picture("offline");
      await network.isBack();
      await b.sees("셋");
      await a.page.getByText(words.connection.offline).waitFor({ state: "detached" });
      await a.page.getByText(words.room.waitingToSend).first().waitFor({ state: "detached" });
      expect((await b.talk.getByRole("article").locator("[dir=auto]").allInnerTexts()).slice(-3)).toEqual([
        "하나",
        "둘",
        "셋",
      ]);
      expect(await b.page.getByText(words.room.waitingToSend).count()).toBe(0);
    }),
  );

  chromium.test(
    "a stopped server is spoken of, and the talk goes on when it is back",
    stage.walk(async () => {
      const [a, b] = await stage.pair({}, { device: "phone" });
      const { words } = a;
      await a.says("잠깐만요");
      await b.sees("잠깐만요");
      await stage.server.halt();
      for (const person of [a, b]) await person.page.getByText(words.connection.reconnecting).waitFor();
      await a.says("서버가 없을 때 쓴 말");
      await a.bubble("서버가 없을 때 쓴 말").getByText(words.room.waitingToSend).waitFor();
      await b.picture("reconnecting");
      await stage.server.resume();
      for (const person of [a, b]) {
        await person.page.getByText(words.connection.reconnecting).waitFor({ state: "detached", timeout: 40_000 });
      }
      await b.sees("서버가 없을 때 쓴 말");
      await b.says("돌아왔네요");
      await a.sees("돌아왔네요");
      expect(await b.messages("서버가 없을 때 쓴 말").count()).toBe(1);
      expect(await a.page.getByText(words.room.waitingToSend).count()).toBe(0);
    }),
  );

  chromium.test(
    "what cannot be sent says why, and can be tried again or removed",
    stage.walk(async () => {
      const [a, b, network] = await pairWithCable({ device: "phone" });
      const { words } = a;
      await a.says("들리나요");
      await b.sees("들리나요");
      // Written while away; meanwhile the other one leaves for good, so that it can never arrive.
      await network.fails();
      for (const text of ["늦은 말", "더 늦은 말"]) await a.says(text);
      const program = await b.program();
      await program.account.leave("keep", { password: b.credentials.password });
      await network.isBack();
      for (const text of ["늦은 말", "더 늦은 말"]) {
        await a.talk.getByRole("article").filter({ hasText: text }).getByRole("alert").first().waitFor();
      }
      await a.picture("failed");
      await a.talk.getByText(describeError("room.closed", "ko")).first().waitFor();
      const last = a.talk.getByRole("article").filter({ hasText: "더 늦은 말" });
      await last.getByRole("button", { name: words.room.retry }).click();
      await last.getByRole("alert").waitFor();
      await last.getByRole("button", { name: words.room.remove }).click();
      await last.waitFor({ state: "detached" });
      // What was not removed is still there after a reload.
      await a.page.reload();
      await a.talk.getByRole("article").filter({ hasText: "늦은 말" }).getByRole("alert").waitFor();
      await a.button(words.room.remove).click();
      await a.talk.getByText("늦은 말").waitFor({ state: "detached" });
    }),
  );
});
