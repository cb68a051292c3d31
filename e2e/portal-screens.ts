import { describeError, type RoomId } from "@maru/protocol";
import type { Locator } from "playwright-core";
import type { Person } from "./stage/person.ts";
import { ko } from "./stage/words.ts";

/** How one screen is used while something else answers in the server's place, and once that has stopped. */
export type PortalScreen = {
  /** Which of the app's routes it stands for. */
  readonly route: string;
  /** What it is called among the screens of its route. */
  readonly name?: string;
  /** Whether somebody is signed in there; `pair`: with a room. */
  readonly who: "visitor" | "person" | "pair";
  /** Brings the screen up, or what leads to it, while all is well. */
  readonly opens: (person: Person) => Promise<unknown>;
  /** Needs the server while it is not there. */
  readonly wants: (person: Person) => Promise<unknown>;
  /** What tells so; nothing where a screen needs nothing of the server. */
  readonly told: (person: Person) => Locator | null;
  /** What stands there by itself afterwards, and that the action can be done. */
  readonly recovers: (person: Person) => Promise<unknown>;
};

const unreachable = describeError("server.unavailable", "ko");
const token = "a".repeat(43);

const alertOf = ({ page }: Person) => page.getByRole("alert").filter({ hasText: unreachable });
const toastOf = ({ page }: Person) => page.getByText(unreachable).first();
const bannerOf = ({ page, words }: Person) => page.getByText(words.connection.reconnecting, { exact: true }).first();
const failedOf = ({ page, words }: Person) => page.getByText(words.common.failed, { exact: true }).first();
const bannerGoes = (person: Person) => bannerOf(person).waitFor({ state: "detached" });

/** A room where nothing was said is in nobody's list. */
const saysSomething = async (person: Person) => {
  await person.says("첫 말");
  await person.page.getByRole("article").locator("time").first().waitFor();
};
const opensTheRoom = async (person: Person) => {
  await person.page.getByRole("link", { name: /가람/ }).first().click();
  await person.isInRoom();
};
const goes = (path: string) => (person: Person) => person.page.goto(`${person.url}${path}`);
const reloads = ({ page }: Person) => page.reload();
const opensSettings = async (person: Person) => {
  await goes("/settings")(person);
  // The way into each page is fetched before it is wanted, as by a pointer that rests on it.
  await person.page.getByRole("link", { name: ko.security.page }).waitFor();
};
const follows = (name: string) => (person: Person) => person.page.getByRole("link", { name, exact: true }).click();

/** A page of the settings is opened from there, and loads what it shows by itself once it can. */
function settingsPage(route: string, link: string, ready: (person: Person) => Locator): PortalScreen {
  return {
    route,
    who: "person",
    opens: async (person) => {
      await goes(route)(person);
      await ready(person).waitFor();
      await person.page.goBack();
      await opensSettings(person);
    },
    wants: follows(link),
    told: failedOf,
    recovers: (person) => ready(person).waitFor(),
  };
}

/** A page that a link from a mail opens: its one field is sent. */
function linkPage(route: string, broken: string): PortalScreen {
  return {
    route,
    who: "visitor",
    opens: async (person) => {
      await goes(`${route}#token=${token}`)(person);
      await person.page.locator("input").first().fill("a-hanok-floor-of-one");
    },
    wants: (person) => person.page.locator("input").first().press("Enter"),
    told: (person) => alertOf(person).or(person.page.getByText(person.words.connection.reconnecting)).first(),
    // It is the server's to say that there was no such link. While the first answer is still on its way, Enter does nothing.
    recovers: async (person) => {
      await alertOf(person).waitFor();
      await person.page.locator("input").first().press("Enter");
      await person.page.getByText(broken).waitFor();
    },
  };
}

/** Every screen of the app; a test compares the routes with the router's own. */
export const portalScreens: readonly PortalScreen[] = [
  {
    route: "/",
    name: "landing",
    who: "visitor",
    opens: async () => {},
    wants: reloads,
    told: () => null,
    recovers: async (person) => {
      await person.page.getByRole("link", { name: person.words.landing.logIn }).first().click();
      await person.field(person.words.auth.password.label).waitFor();
    },
  },
  {
    route: "/",
    name: "landing, on to the log-in",
    who: "visitor",
    opens: async () => {},
    wants: (person) => person.page.getByRole("link", { name: person.words.landing.logIn }).first().click(),
    told: (person) => person.page.getByText(person.words.connection.reconnecting, { exact: true }),
    recovers: async (person) => {
      await bannerGoes(person);
      await person.page.getByRole("button", { name: /해님/ }).waitFor();
    },
  },
  {
    route: "/",
    name: "hall",
    who: "person",
    opens: async () => {},
    wants: async (person) => {
      await bannerOf(person).waitFor();
      await person.button(person.words.match.start, false).click();
      await toastOf(person).waitFor();
      await person.page.reload();
    },
    told: bannerOf,
    recovers: async (person) => {
      await person.button(person.words.match.start, false).click();
      await person.button(person.words.match.waiting.cancel).click();
      await person.button(person.words.match.start, false).waitFor();
    },
  },
  {
    route: "/rooms",
    who: "pair",
    opens: async (person) => {
      await saysSomething(person);
      await goes("/rooms")(person);
    },
    wants: reloads,
    told: bannerOf,
    recovers: opensTheRoom,
  },
  {
    route: "/rooms",
    name: "archive",
    who: "pair",
    opens: async (person) => {
      await saysSomething(person);
      const { rooms } = await person.program();
      await rooms.update(person.roomId as RoomId, { archived: true });
      await goes("/rooms")(person);
      await person.page.getByText(person.words.rooms.empty.title).first().waitFor();
    },
    wants: async (person) => {
      await person.page.getByRole("link", { name: person.words.rooms.archive.page }).first().click();
    },
    told: bannerOf,
    recovers: opensTheRoom,
  },
  {
    route: "/rooms/$roomId",
    who: "pair",
    opens: async () => {},
    wants: async (person) => {
      await person.says("닿지 않는 말");
      await bannerOf(person).waitFor();
      await person.page.reload();
    },
    told: bannerOf,
    recovers: async (person) => {
      await person.isInRoom();
      await person.sees("닿지 않는 말");
      await person.says("닿은 말");
      await bannerGoes(person);
    },
  },
  {
    route: "/settings",
    who: "person",
    opens: async (person) => {
      await opensSettings(person);
      await person.button(person.words.settings.nickname.edit).click();
      await person.field(person.words.auth.nickname.label).fill(`새${person.credentials.nickname}`);
    },
    wants: (person) => person.button(person.words.settings.nickname.save).click(),
    told: (person) => person.page.getByText(unreachable).first(),
    recovers: async (person) => {
      await person.button(person.words.settings.nickname.save).click();
      await person.page.getByText(person.words.settings.nickname.saved).first().waitFor();
      await bannerGoes(person);
    },
  },
  {
    route: "/settings",
    name: "opened anew",
    who: "person",
    opens: opensSettings,
    wants: reloads,
    told: bannerOf,
    recovers: (person) => person.page.getByText(person.words.settings.blocks.empty).waitFor(),
  },
  settingsPage("/settings/security", ko.security.page, (person) => person.button(ko.security.change)),
  settingsPage("/settings/devices", ko.devices.page, (person) => person.page.getByText("Chrome").first()),
  settingsPage("/settings/data", ko.data.page, (person) => person.page.getByText(ko.data.terms).first()),
  {
    route: "/settings/leave",
    who: "person",
    opens: async (person) => {
      await goes("/settings/leave")(person);
      await person.button(ko.leave.download).waitFor();
    },
    wants: (person) => person.button(ko.leave.download).click(),
    told: toastOf,
    recovers: async (person) => {
      const download = person.page.waitForEvent("download");
      await person.button(ko.leave.download).click();
      await download;
    },
  },
  {
    route: "/log-in",
    who: "visitor",
    opens: async (person) => {
      await goes("/log-in")(person);
      await person.fillsInLogIn(person.credentials);
    },
    wants: (person) => person.button(person.words.auth.logIn.submit).click(),
    told: alertOf,
    // Nobody is called so: that, too, only the server knows.
    recovers: async (person) => {
      await person.button(person.words.auth.logIn.submit).click();
      await person.page.getByText(describeError("sign_in.failed", "ko")).waitFor();
    },
  },
  {
    route: "/sign-up",
    who: "visitor",
    opens: async (person) => {
      await goes("/sign-up")(person);
      await person.button(person.words.auth.signUp.age.yes).waitFor();
    },
    wants: async (person) => {
      const { page, words, credentials } = person;
      await person.button(words.auth.signUp.age.yes).click();
      await person.fillsInLogIn(credentials);
      await person.button(words.common.next).click();
      await person.field(words.auth.nickname.label).fill(credentials.nickname);
      await person.button(words.common.next).click();
      await page.getByRole("checkbox", { name: words.auth.signUp.consents.terms }).click();
      await page.getByRole("checkbox", { name: words.auth.signUp.consents.privacy }).click();
      await person.button(words.auth.signUp.submit).click();
    },
    told: alertOf,
    recovers: async (person) => {
      await person.button(person.words.auth.signUp.submit).click();
      await person.button(person.words.match.start, false).waitFor();
    },
  },
  {
    route: "/forgot-password",
    who: "visitor",
    opens: async (person) => {
      await goes("/forgot-password")(person);
      await person.field(person.words.auth.email.label).fill(person.credentials.email);
    },
    wants: (person) => person.button(ko.forgot.submit).click(),
    told: alertOf,
    recovers: async (person) => {
      await person.button(ko.forgot.submit).click();
      await person.page.getByText(ko.forgot.offTitle).waitFor();
    },
  },
  linkPage("/reset-password", ko.reset.broken.title),
  linkPage("/first-sign-in", ko.first.broken),
  {
    route: "/goodbye",
    who: "visitor",
    opens: goes("/goodbye"),
    wants: reloads,
    told: bannerOf,
    recovers: (person) => person.page.getByText(ko.leave.doneTitle).waitFor(),
  },
];
