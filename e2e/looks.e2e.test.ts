import { setDefaultTimeout } from "bun:test";
import { eventually, requires } from "@maru/testkit";
import { expectAccessible } from "./stage/axe.ts";
import type { Look } from "./stage/browser.ts";
import { bringNeighbours } from "./stage/neighbours.ts";
import type { Person } from "./stage/person.ts";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(120_000);
const chromium = requires("chromium");

const tours: readonly Pick<Look, "locale" | "device">[] = [
  { locale: "ko", device: "desktop" },
  { locale: "en", device: "phone" },
];

chromium.describe("how it looks", () => {
  const stage = Stage.use();

  /** Looks at the page as it stands by day and by night: a picture of each, and nothing that axe minds. */
  async function look(person: Person, where: string): Promise<void> {
    for (const colorScheme of ["light", "dark"] as const) {
      await person.page.emulateMedia({ colorScheme });
      await person.picture(`look-${where}`, colorScheme);
      await expectAccessible(person.page, `${where}, ${colorScheme}`, colorScheme === "dark" ? "colours" : "all");
    }
    await person.page.emulateMedia({ colorScheme: "light" });
  }

  for (const tour of tours) {
    chromium.test(
      `a walk past every door in ${tour.locale} on a ${tour.device}`,
      stage.walk(async () => {
        const visitor = await stage.visitor(tour);
        const { words } = visitor;
        await look(visitor, "landing");
        await visitor.page.goto(`${visitor.url}/log-in`);
        await visitor.button(words.auth.logIn.submit).click();
        await visitor.page.getByText(words.auth.email.empty).waitFor();
        await look(visitor, "log-in");
        await visitor.page.goto(`${visitor.url}/sign-up`);
        await visitor.button(words.auth.signUp.age.yes).waitFor();
        await look(visitor, "age");
        await visitor.button(words.auth.signUp.age.yes).click();
        await visitor.fillsInLogIn(visitor.credentials);
        await look(visitor, "account");
        await visitor.button(words.common.next).click();
        await visitor.field(words.auth.nickname.label).fill(visitor.credentials.nickname);
        await visitor.page.getByText(words.auth.nickname.free).waitFor();
        await look(visitor, "nickname");
        await visitor.button(words.common.next).click();
        await visitor.page.getByRole("checkbox", { name: words.auth.signUp.consents.terms }).click();
        await look(visitor, "consents");
        await visitor.page.goto(`${visitor.url}/nowhere/at/all`);
        await visitor.page
          .getByText(words.auth.logIn.title)
          .or(visitor.page.getByText(words.app.notFound.title))
          .first()
          .waitFor();
      }),
    );

    chromium.test(
      `a walk through the house in ${tour.locale} on a ${tour.device}`,
      stage.walk(async () => {
        const person = await stage.person(tour);
        const { page, words } = person;
        const isPhone = tour.device === "phone";
        await look(person, "home-empty");
        await page.goto(`${person.url}/rooms`);
        await page.getByText(words.rooms.empty.title).waitFor();
        await look(person, "rooms-empty");

        const [first, second, third, fourth] = await bringNeighbours(stage, person);
        await person.unreadBadge(2).first().waitFor();
        const { rooms } = await person.program();
        await Promise.all([
          rooms.update(second ?? "", { pinned: true }),
          rooms.update(third ?? "", { muted: true }),
          rooms.update(fourth ?? "", { archived: true }),
        ]);
        await page.getByLabel(words.rooms.pinned).waitFor();
        await look(person, "rooms");
        if (!isPhone) {
          const row = page.getByRole("navigation", { name: words.rooms.list }).getByRole("link").first();
          await row.hover();
          await page.getByRole("button", { name: /가람/ }).first().focus();
          await page.keyboard.press("Enter");
          await page.getByRole("menu").waitFor();
          await look(person, "row-menu");
          await page.keyboard.press("Escape");
        }
        await person.button(words.rooms.new).click();
        await page.getByRole("dialog").waitFor();
        await person.field(words.rooms.direct.label).fill("없는사람");
        await person.button(words.rooms.direct.open).click();
        await page.getByRole("dialog").getByRole("alert").or(page.locator("[aria-invalid=true]")).first().waitFor();
        await look(person, "direct-dialog");
        await page.keyboard.press("Escape");
        await page.getByRole("link", { name: words.rooms.archive.page, exact: true }).click();
        await page.getByRole("navigation", { name: words.rooms.archive.page }).waitFor();
        await look(person, "archive");
        if (!isPhone) {
          await page.keyboard.press("Control+k");
          await page.getByRole("dialog").waitFor();
          await look(person, "quick-switch");
        }

        await page.goto(`${person.url}/rooms/${first}`);
        await person.isInRoom();
        await person.says("저도요! 마지막 장을 두 번 읽었어요.\n\n다음엔 어떤 책으로 할까요?");
        await person.says("지울 말");
        await person.says(`${"아주 길게 이어지는 이야기 ".repeat(12)}끝.`);
        await person.sees("지울 말");
        await deletes(person, first ?? "", "지울 말");
        await look(person, "room");
        await person.button(words.room.menu).click();
        await page.getByRole("menu").waitFor();
        await look(person, "room-menu");
        await page.getByRole("menuitem", { name: words.room.block }).click();
        await page.getByRole("alertdialog").waitFor();
        await look(person, "block-dialog");
        await page.keyboard.press("Escape");
        await page.getByRole("alertdialog").waitFor({ state: "detached" });
        await person.composer.fill("가".repeat(4_010));
        await look(person, "too-long");
        await person.composer.fill("");
        if (isPhone) {
          await person.holds("어제 얘기한 책 다 읽었어요");
          await look(person, "message-sheet");
          await page.keyboard.press("Escape");
        } else {
          await person.composer.press("ArrowUp");
          await person.field(words.room.editing.label).waitFor();
          await look(person, "editing");
          await page.keyboard.press("Escape");
        }
        if (!isPhone) {
          await page.goto(`${person.url}/rooms/room_${"0".repeat(32)}`);
          await page.getByText(words.room.notFound.title).waitFor();
          await look(person, "room-gone");
        }
        await page.goto(`${person.url}/settings`);
        await page.getByRole("heading", { level: 1, name: words.settings.page }).waitFor();
        await look(person, "settings");
        if (!isPhone) {
          await page.goto(`${person.url}/nowhere`);
          await page.getByText(words.app.notFound.title).waitFor();
          await look(person, "not-found");
        }
        await person.goesHome();
        await look(person, "home");
        await person.pressesMatch();
        await person.button(words.match.waiting.cancel).waitFor();
        await look(person, "waiting");
      }),
    );
  }
});

/** Deletes a message of one's own as soon as it is in the room. */
async function deletes(person: Person, roomId: string, text: string): Promise<void> {
  const { rooms } = await person.program();
  const { room, release } = rooms.open(roomId);
  const message = await eventually("the message is in the room", () => {
    const now = room.getSnapshot();
    return now.state === "ready" && now.messages.find((each) => each.text === text);
  });
  await rooms.delete(roomId, message.seq);
  release();
  await person.sees(person.words.room.deleted);
}
