import { httpPaths, type SignInStep } from "@maru/protocol";
import type { Person } from "./stage/person.ts";
import { ko } from "./stage/words.ts";

/** Where fields stand side by side on a screen. */
export type FieldPlace = {
  readonly who: "visitor" | "pair" | "person";
  readonly opens: (person: Person) => Promise<unknown>;
};

const goes = ({ page, url }: Person, path: string) => page.goto(`${url}${path}`);

/** A step of the sign-in, as if the server had said that it is left. */
const step = (left: SignInStep, more: (person: Person) => Promise<unknown> = async () => {}): FieldPlace => ({
  who: "visitor",
  async opens(person) {
    await person.page.route(`**${httpPaths.step}`, (route) => route.fulfill({ json: left }));
    await goes(person, "/log-in");
    await more(person);
  },
});

/** A dialog of the settings, behind a button. */
const dialog = (path: string, button: string): FieldPlace => ({
  who: "person",
  async opens(person) {
    await goes(person, path);
    await person.button(button).first().click();
    await person.page.getByRole("dialog").waitFor();
  },
});

const signUp = (more: (person: Person) => Promise<unknown>): FieldPlace => ({
  who: "visitor",
  async opens(person) {
    await goes(person, "/sign-up");
    await person.button(ko.auth.signUp.age.yes).click();
    await more(person);
  },
});

const invited = { signUp: "invite", isMailOn: true, providers: [] };
const answers = ({ page }: Person, path: string, json: unknown, status = 200) =>
  page.route(`**${path}`, (route) => route.fulfill({ status, json }));
const onSecondFactor = (...methods: ("totp" | "recovery_code")[]) => step({ next: "second_factor", methods });

/** Every place where there is something to write in. */
export const fieldPlaces = {
  "log-in": { who: "visitor", opens: (person) => goes(person, "/log-in") },
  "forgotten password": { who: "visitor", opens: (person) => goes(person, "/forgot-password") },
  "new password": { who: "visitor", opens: (person) => goes(person, `/reset-password#token=${"a".repeat(43)}`) },
  "sign-up": signUp((person) => person.field(ko.auth.email.label).waitFor()),
  "sign-up, nickname": signUp(async (person) => {
    await person.fillsInLogIn(person.credentials);
    await person.button(ko.common.next).click();
    await person.field(ko.auth.nickname.label).waitFor();
  }),
  "sign-up by invitation": {
    who: "visitor",
    async opens(person) {
      await answers(person, httpPaths.authOptions, invited);
      await goes(person, "/sign-up");
      await person.button(ko.auth.signUp.age.yes).click();
      await person.field(ko.signUp.invite.label).waitFor();
    },
  },
  code: step(
    { next: "code", email: "a@maru.test", resendAfterMs: 0, expiresAt: "2099-01-01T00:00:00.000Z" },
    async (person) => {
      const error = { code: "nickname.taken", message: "taken", temporary: false };
      await answers(person, httpPaths.stepCode, { error }, 409);
      await person.field(ko.code.label).fill("123456");
      await person.button(ko.code.submit).click();
      await person.field(ko.auth.nickname.label).waitFor();
    },
  ),
  "second factor": onSecondFactor("totp"),
  "recovery code": onSecondFactor("recovery_code"),
  "required second factor": step({ next: "enroll", methods: ["totp"] }, async (person) => {
    await answers(person, httpPaths.stepTotp, { secret: "JBSWY3DPEHPK3PXP", uri: "otpauth://totp/maru" });
    await person.button(ko.enroll.totp, false).click();
  }),
  "first sign-in through a provider": {
    who: "visitor",
    async opens(person) {
      await answers(person, httpPaths.authOptions, invited);
      const left = { next: "consent", providerId: "sun", email: null, isEmailVerified: false, nickname: null } as const;
      await step(left).opens(person);
    },
  },
  room: { who: "pair", opens: (person) => person.isInRoom() },
  "a message to edit": {
    who: "pair",
    async opens(person) {
      await person.says("고칠 말");
      await person.choosesForMessage("고칠 말", ko.room.edit);
    },
  },
  "a new conversation": {
    who: "pair",
    async opens(person) {
      await goes(person, "/rooms");
      await person.button(ko.rooms.new).click();
    },
  },
  "quick switch": {
    who: "pair",
    async opens(person) {
      await goes(person, "/rooms");
      await person.button(ko.rooms.new).waitFor();
      await person.page.keyboard.press("Control+k");
    },
  },
  nickname: dialog("/settings", ko.settings.nickname.edit),
  password: dialog("/settings/security", ko.security.change),
  proof: dialog("/settings/security", ko.security.addPasskey),
  "authenticator app": {
    who: "person",
    async opens(person) {
      await dialog("/settings/security", ko.security.turnOn).opens(person);
      await person.page.getByRole("textbox", { name: ko.auth.password.label }).fill(person.credentials.password);
      await person.page.getByRole("dialog").getByRole("button", { name: ko.proof.confirm }).click();
      await person.field(ko.totp.code).waitFor();
    },
  },
} as const satisfies Record<string, FieldPlace>;

type FieldRow = readonly [place: keyof typeof fieldPlaces, label: string];

const [email, password, nickname] = [ko.auth.email.label, ko.auth.password.label, ko.auth.nickname.label];
const auth = "apps/web/src/features/auth";
const rooms = "apps/web/src/features/rooms";
const settings = "apps/web/src/features/settings";

/** Where each field of the source is tried, and by which name it is known there. */
export const fieldRows: Readonly<Record<string, FieldRow>> = {
  [`${auth}/account-step.tsx: <TextField> auth.email.label`]: ["sign-up", email],
  [`${auth}/account-step.tsx: <PasswordField>`]: ["sign-up", password],
  [`${auth}/code-field.tsx: <TextField> label`]: ["second factor", ko.secondFactor.totpLabel],
  [`${auth}/code-step.tsx: <CodeField> code.label`]: ["code", ko.code.label],
  [`${auth}/code-step.tsx: <NicknameField>`]: ["code", nickname],
  [`${auth}/consent-step.tsx: <NicknameField>`]: ["first sign-in through a provider", nickname],
  [`${auth}/consent-step.tsx: <TextField> auth.email.label`]: ["first sign-in through a provider", email],
  [`${auth}/consent-step.tsx: <TextField> signUp.invite.label`]: [
    "first sign-in through a provider",
    ko.signUp.invite.label,
  ],
  [`${auth}/enroll-step.tsx: <CodeField> totp.code`]: ["required second factor", ko.totp.code],
  [`${auth}/invite-step.tsx: <TextField> signUp.invite.label`]: ["sign-up by invitation", ko.signUp.invite.label],
  [`${auth}/log-in-form.tsx: <TextField> auth.email.label`]: ["log-in", email],
  [`${auth}/log-in-form.tsx: <PasswordField>`]: ["log-in", password],
  [`${auth}/new-password-form.tsx: <PasswordField>`]: ["new password", password],
  [`${auth}/nickname-field.tsx: <TextField> auth.nickname.label`]: ["sign-up, nickname", nickname],
  [`${auth}/nickname-step.tsx: <NicknameField>`]: ["sign-up, nickname", nickname],
  [`${auth}/password-field.tsx: <TextField> props.label ?? t("auth.password.label")`]: ["log-in", password],
  [`${auth}/second-factor-step.tsx: <CodeField> secondFactor.totpLabel`]: ["second factor", ko.secondFactor.totpLabel],
  [`${auth}/second-factor-step.tsx: <TextField> secondFactor.recoveryLabel`]: [
    "recovery code",
    ko.secondFactor.recoveryLabel,
  ],
  "apps/web/src/features/palette/finder.tsx: <TextField> find.label": ["quick switch", ko.find.label],
  [`${rooms}/composer/composer.tsx: <textarea> label`]: ["room", ko.room.compose.label],
  [`${rooms}/list/direct-dialog.tsx: <TextField> rooms.direct.label`]: ["a new conversation", ko.rooms.direct.label],
  [`${rooms}/composer/edit-composer.tsx: <Composer> room.editing.label`]: ["a message to edit", ko.room.editing.label],
  [`${rooms}/room-view.tsx: <Composer> room.compose.label`]: ["room", ko.room.compose.label],
  [`${rooms}/room-view.tsx: <EditComposer>`]: ["a message to edit", ko.room.editing.label],
  [`${settings}/account-section.tsx: <NicknameField>`]: ["nickname", nickname],
  [`${settings}/password-dialog.tsx: <PasswordField> security.current`]: ["password", ko.security.current],
  [`${settings}/password-dialog.tsx: <PasswordField> security.new`]: ["password", ko.security.new],
  [`${settings}/proof-dialog.tsx: <TextField> request.name.label`]: ["proof", ko.security.name],
  [`${settings}/proof-dialog.tsx: <PasswordField>`]: ["proof", password],
  [`${settings}/totp-dialog.tsx: <CodeField> totp.code`]: ["authenticator app", ko.totp.code],
  "apps/web/src/features/auth/screens/forgot-password-screen.tsx: <TextField> auth.email.label": [
    "forgotten password",
    email,
  ],
  "packages/ui/src/text-field.tsx: <input>": ["log-in", email],
};

/** Fields that take no text an input method would put together, and why. */
export const withoutComposition: Readonly<Record<string, string>> = {
  [`${rooms}/timeline/date-dialog.tsx: <TextField> room.date.label`]:
    "A day, which the browser's own control takes apart.",
  [`${settings}/keep-or-remove.tsx: <input> radio`]: "One of two, chosen by arrows.",
};
