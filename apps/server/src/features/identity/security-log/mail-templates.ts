import type { Locale } from "@maru/protocol";
import type { MailContent } from "../../../platform/mail/layout.ts";

type Words = { readonly ko: MailContent; readonly en: MailContent };

const notAsked = {
  ko: "요청한 적이 없다면 이 메일은 무시해도 괜찮아요.",
  en: "If you did not ask for this, you can ignore this mail.",
};

/** The code that shows that an address is read by who signs up with it. */
export function codeMail(locale: Locale, code: string): MailContent {
  const words: Words = {
    ko: {
      subject: `확인 코드 ${code}`,
      paragraphs: ["아래 코드를 입력하면 가입이 끝나요. 10분 동안 쓸 수 있어요."],
      code,
      footnote: `코드는 아무에게도 알려 주지 마세요. ${notAsked.ko}`,
    },
    en: {
      subject: `Your code: ${code}`,
      paragraphs: ["Enter this code to finish signing up. It is good for 10 minutes."],
      code,
      footnote: `Never tell anybody this code. ${notAsked.en}`,
    },
  };
  return words[locale];
}

/** To the owner of an address with which somebody tried to sign up again. */
export function alreadyRegisteredMail(locale: Locale, origin: string): MailContent {
  const words: Words = {
    ko: {
      subject: "이미 가입한 이메일이에요",
      paragraphs: [
        "이 이메일로 다시 가입하려는 요청이 있었어요. 이미 계정이 있으니 로그인하면 돼요.",
        "비밀번호를 잊었다면 로그인 화면에서 새로 정할 수 있어요.",
      ],
      action: { label: "로그인하기", url: `${origin}/log-in` },
      footnote: notAsked.ko,
    },
    en: {
      subject: "You already have an account",
      paragraphs: [
        "Somebody tried to sign up with this e-mail. You already have an account: just log in.",
        "If you forgot your password, you can set a new one on the log-in page.",
      ],
      action: { label: "Log in", url: `${origin}/log-in` },
      footnote: notAsked.en,
    },
  };
  return words[locale];
}

export function resetMail(locale: Locale, url: string): MailContent {
  const words: Words = {
    ko: {
      subject: "비밀번호 새로 정하기",
      paragraphs: ["아래 버튼을 누르면 비밀번호를 새로 정할 수 있어요. 30분 동안 한 번만 쓸 수 있어요."],
      action: { label: "비밀번호 정하기", url },
      footnote: notAsked.ko,
    },
    en: {
      subject: "Set a new password",
      paragraphs: ["Use this button to set a new password. It works once, within 30 minutes."],
      action: { label: "Set a password", url },
      footnote: notAsked.en,
    },
  };
  return words[locale];
}

/** The notice of what happened to a person's account. */
export type NoticeKind =
  | "new_device"
  | "password_changed"
  | "token_reused"
  | "provider_connected"
  | "provider_removed"
  | "second_factor_added"
  | "second_factor_removed"
  | "left";

export type NoticeFacts = { readonly at: Date; readonly what?: string };

export function noticeMail(locale: Locale, origin: string, kind: NoticeKind, facts: NoticeFacts): MailContent {
  const when = describeTime(locale, facts.at);
  const what = facts.what?.trim() || (locale === "ko" ? "알 수 없는 기기" : "an unknown device");
  const texts: Record<NoticeKind, Record<Locale, readonly [subject: string, text: string]>> = {
    new_device: {
      ko: ["새 기기에서 로그인했어요", `${when}에 새 기기(${what})에서 로그인했어요.`],
      en: ["New sign-in", `Your account was signed in to on a new device (${what}) on ${when}.`],
    },
    password_changed: {
      ko: ["비밀번호가 바뀌었어요", `${when}에 비밀번호가 바뀌었어요. 다른 기기는 모두 로그아웃했어요.`],
      en: ["Your password was changed", `Your password was changed on ${when}. All other devices were signed out.`],
    },
    token_reused: {
      ko: [
        "안전을 위해 로그아웃했어요",
        `${when}에 한 기기의 로그인 정보가 두 곳에서 쓰였어요. 누군가 베꼈을 수 있어 그 기기를 로그아웃했어요. 비밀번호를 바꾸는 것이 좋아요.`,
      ],
      en: [
        "A device was signed out for safety",
        `On ${when} one device's sign-in was used from two places. Somebody may have copied it, so that device was signed out. It is wise to change your password.`,
      ],
    },
    provider_connected: {
      ko: ["로그인 방법이 연결되었어요", `${when}에 ${what} 로그인이 연결되었어요.`],
      en: ["A way to log in was connected", `${what} was connected to your account on ${when}.`],
    },
    provider_removed: {
      ko: ["로그인 방법의 연결을 끊었어요", `${when}에 ${what} 로그인의 연결을 끊었어요.`],
      en: ["A way to log in was removed", `${what} was disconnected from your account on ${when}.`],
    },
    second_factor_added: {
      ko: ["2단계 인증을 추가했어요", `${when}에 2단계 인증(${what})을 추가했어요.`],
      en: ["A second factor was added", `A second factor (${what}) was added on ${when}.`],
    },
    second_factor_removed: {
      ko: ["2단계 인증을 없앴어요", `${when}에 2단계 인증(${what})을 없앴어요.`],
      en: ["A second factor was removed", `A second factor (${what}) was removed on ${when}.`],
    },
    left: {
      ko: ["탈퇴했어요", `${when}에 탈퇴했어요. 남은 정보는 ${what}에 지워져요.`],
      en: ["You have left", `Your account was closed on ${when}. What is left of it is erased on ${what}.`],
    },
  };
  const [subject, text] = texts[kind][locale];
  const advice = {
    ko: "본인이 한 일이 아니라면 바로 비밀번호를 바꾸고 모든 기기에서 로그아웃해 주세요.",
    en: "If this was not you, change your password now and sign all devices out.",
  };
  const action = { ko: "설정 열기", en: "Open the settings" };
  return kind === "left"
    ? { subject, paragraphs: [text] }
    : { subject, paragraphs: [text, advice[locale]], action: { label: action[locale], url: `${origin}/settings` } };
}

export function describeTime(locale: Locale, at: Date): string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short", timeZone: "Asia/Seoul" });
  return `${format.format(at)} (${locale === "ko" ? "한국 시간" : "Korean time"})`;
}
