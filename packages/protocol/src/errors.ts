/** What an error code means on every door: HTTP status, whether trying again can help, and safe words for people. */
export type ErrorEntry = {
  readonly status: number;
  /** True when the same request may succeed later without being changed. */
  readonly temporary: boolean;
  readonly ko: string;
  readonly en: string;
};

/**
 * The catalogue of errors: `noun.reason`. Nothing else ever reaches a client. `{name}` in a text is filled from
 * the error's `params`.
 */
export const errors = {
  "account.suspended": { status: 403, temporary: false, ko: "이용이 정지된 계정이에요.", en: "This account is suspended." },
  "age.too_young": { status: 403, temporary: false, ko: "만 14세가 되면 만나요. 아무것도 저장하지 않았어요.", en: "Come back when you are 14. Nothing was stored." },
  "auth.fresh_required": { status: 403, temporary: false, ko: "안전을 위해 다시 로그인한 뒤 해 주세요.", en: "For your safety, please log in again first." },
  "auth.expired": { status: 401, temporary: false, ko: "로그인 시간이 지났어요.", en: "Your sign-in has expired." },
  "auth.invalid": { status: 403, temporary: false, ko: "로그인 정보가 올바르지 않아요. 다시 로그인해 주세요.", en: "This sign-in is not valid. Please log in again." },
  "auth.required": { status: 401, temporary: false, ko: "로그인이 필요해요.", en: "Please log in first." },
  "auth.revoked": { status: 403, temporary: false, ko: "이 기기는 로그아웃되었어요. 다시 로그인해 주세요.", en: "This device was signed out. Please log in again." },
  "auth.wrong_account": { status: 403, temporary: false, ko: "다른 계정의 토큰이에요.", en: "This token belongs to another account." },
  "block.not_found": { status: 404, temporary: false, ko: "차단 기록을 찾을 수 없어요.", en: "This block does not exist." },
  "client.outdated": { status: 409, temporary: false, ko: "새 버전이 나왔어요. 페이지를 새로 고쳐 주세요.", en: "There is a newer version. Please reload the page." },
  "code.wrong": { status: 422, temporary: false, ko: "코드가 맞지 않아요.", en: "The code is wrong." },
  "command.unknown": { status: 400, temporary: false, ko: "모르는 요청이에요.", en: "Unknown command." },
  "connection.already_connected": { status: 409, temporary: false, ko: "이미 연결되어 있어요.", en: "This connection is already connected." },
  "connection.required": { status: 401, temporary: false, ko: "먼저 connect 명령을 보내야 해요.", en: "Send connect first." },
  "consent.required": { status: 422, temporary: false, ko: "필수 약관에 동의해 주세요.", en: "Please agree to the required terms." },
  "consent.outdated": { status: 409, temporary: false, ko: "약관이 바뀌었어요. 새 약관을 확인해 주세요.", en: "The terms have changed. Please read the new ones." },
  "direct.self": { status: 422, temporary: false, ko: "자신과는 대화할 수 없어요.", en: "You cannot talk with yourself." },
  "email.invalid": { status: 422, temporary: false, ko: "이메일 주소를 확인해 주세요.", en: "Please check the e-mail address." },
  "email.taken": { status: 409, temporary: false, ko: "이미 가입된 이메일이에요.", en: "This e-mail is already registered." },
  "factor.exists": { status: 409, temporary: false, ko: "이미 설정되어 있어요.", en: "This is set up already." },
  "factor.required": { status: 409, temporary: false, ko: "이 계정에는 2단계 인증이 꼭 필요해요.", en: "This account has to keep a second factor." },
  "invite.wrong": { status: 403, temporary: false, ko: "초대 코드를 확인해 주세요.", en: "Please check the invitation code." },
  "link.expired": { status: 410, temporary: false, ko: "이미 썼거나 기한이 지난 링크예요.", en: "This link was used or has expired." },
  "mail.off": { status: 409, temporary: false, ko: "이곳에서는 메일을 보내지 않아요. 운영자에게 문의해 주세요.", en: "No mail is sent here. Please ask the operator." },
  "match.not_allowed": { status: 403, temporary: false, ko: "이 계정은 매칭을 이용할 수 없어요.", en: "This account cannot use matching." },
  "match.persons_only": { status: 403, temporary: false, ko: "매칭은 개인 계정만 이용할 수 있어요. 개인 계정으로 로그인해 주세요.", en: "Matching is for personal accounts only. Please log in with one." },
  "member.not_found": { status: 404, temporary: false, ko: "대화 상대를 찾을 수 없어요.", en: "There is no such member." },
  "message.deleted": { status: 409, temporary: false, ko: "삭제된 메시지예요.", en: "This message was deleted." },
  "message.empty": { status: 422, temporary: false, ko: "메시지를 입력해 주세요.", en: "Please write a message." },
  "message.not_found": { status: 404, temporary: false, ko: "메시지를 찾을 수 없어요.", en: "There is no such message." },
  "message.not_yours": { status: 403, temporary: false, ko: "내 메시지만 바꿀 수 있어요.", en: "You can only change your own messages." },
  "message.too_long": { status: 422, temporary: false, ko: "메시지는 {max}자까지 보낼 수 있어요.", en: "A message has at most {max} characters." },
  "name.invalid": { status: 422, temporary: false, ko: "이름에 쓸 수 없는 글자가 있거나 너무 길어요.", en: "This name is too long or has characters that cannot be used." },
  "nickname.invalid": { status: 422, temporary: false, ko: "닉네임은 2~20자로, 특수문자 없이 지어 주세요.", en: "A nickname has 2 to 20 characters and no special ones." },
  "nickname.not_found": { status: 404, temporary: false, ko: "그런 닉네임을 쓰는 사람이 없어요.", en: "Nobody has this nickname." },
  "nickname.reserved": { status: 422, temporary: false, ko: "운영진으로 보일 수 있는 닉네임이에요. 다른 닉네임을 지어 주세요.", en: "This nickname could be taken for the operators. Please choose another." },
  "nickname.taken": { status: 409, temporary: false, ko: "이미 쓰고 있거나 아주 비슷한 닉네임이 있어요.", en: "This nickname is taken, or looks just like one that is." },
  "password.weak": { status: 422, temporary: false, ko: "비밀번호는 10자 이상, 서로 다른 글자로 지어 주세요.", en: "A password has at least 10 characters, not all alike." },
  "passkey.failed": { status: 422, temporary: false, ko: "패스키를 확인하지 못했어요.", en: "The passkey could not be verified." },
  "passkey.unavailable": { status: 409, temporary: false, ko: "패스키는 https 주소에서만 쓸 수 있어요.", en: "Passkeys need an https address." },
  "password.common": { status: 422, temporary: false, ko: "너무 흔한 비밀번호예요. 다른 말을 더 섞어 주세요.", en: "Too many people use this password. Mix in something of your own." },
  "password.personal": { status: 422, temporary: false, ko: "이메일이나 닉네임으로 만든 비밀번호예요. 다른 말로 지어 주세요.", en: "This password is made of your e-mail or nickname. Use other words." },
  "password.same": { status: 422, temporary: false, ko: "지금 비밀번호와 다르게 지어 주세요.", en: "Choose a password other than the current one." },
  "password.wrong": { status: 422, temporary: false, ko: "비밀번호가 맞지 않아요.", en: "The password is wrong." },
  "provider.failed": { status: 502, temporary: true, ko: "로그인 서비스가 응답하지 않았어요. 다시 시도해 주세요.", en: "The sign-in service did not answer. Please try again." },
  "provider.last_way": { status: 409, temporary: false, ko: "로그인할 방법이 하나는 남아 있어야 해요. 먼저 비밀번호를 정해 주세요.", en: "One way to log in has to remain. Set a password first." },
  "provider.link_required": {
    status: 409,
    temporary: false,
    ko: "같은 이메일로 만든 계정이 있어요. 먼저 그 계정으로 로그인한 다음, 설정에서 연결해 주세요.",
    en: "There is an account with this e-mail. Log in to it first, then connect in the settings.",
  },
  "provider.not_found": { status: 404, temporary: false, ko: "없는 로그인 방법이에요.", en: "There is no such way to log in." },
  "provider.refused": { status: 403, temporary: false, ko: "로그인이 취소되었거나 확인되지 않았어요.", en: "The sign-in was cancelled or could not be verified." },
  "provider.taken": { status: 409, temporary: false, ko: "이미 다른 계정에 연결되어 있어요.", en: "This is connected to another account." },
  "rate.limited": { status: 429, temporary: true, ko: "잠시 뒤에 다시 시도해 주세요.", en: "Please try again in a moment." },
  "request.invalid": { status: 400, temporary: false, ko: "요청 형식이 올바르지 않아요.", en: "The request is malformed." },
  "request.too_large": { status: 413, temporary: false, ko: "요청이 너무 커요.", en: "The request is too large." },
  "request.forbidden_origin": { status: 403, temporary: false, ko: "허용되지 않은 곳에서 온 요청이에요.", en: "This origin is not allowed." },
  "room.closed": { status: 409, temporary: false, ko: "끝난 대화예요.", en: "This conversation has ended." },
  "room.not_found": { status: 404, temporary: false, ko: "대화를 찾을 수 없어요.", en: "There is no such conversation." },
  "room.posting_denied": { status: 403, temporary: false, ko: "이 대화에는 메시지를 보낼 수 없어요.", en: "You cannot post in this conversation." },
  "room.too_many_watched": { status: 429, temporary: false, ko: "한 번에 {max}개까지만 열 수 있어요.", en: "At most {max} can be watched at once." },
  "route.method_not_allowed": { status: 405, temporary: false, ko: "지원하지 않는 요청 방식이에요.", en: "This method is not supported." },
  "route.not_found": { status: 404, temporary: false, ko: "찾을 수 없는 주소예요.", en: "There is nothing at this address." },
  "server.busy": { status: 503, temporary: true, ko: "요청이 많아요. 잠시 뒤에 다시 시도해 주세요.", en: "Too busy right now. Please try again in a moment." },
  "server.draining": { status: 503, temporary: true, ko: "서버가 다시 시작하고 있어요.", en: "The server is restarting." },
  "server.internal": { status: 500, temporary: true, ko: "문제가 생겼어요. 잠시 뒤에 다시 시도해 주세요.", en: "Something went wrong. Please try again in a moment." },
  "server.unavailable": { status: 503, temporary: true, ko: "지금은 서버에 연결할 수 없어요. 잠시 뒤에 다시 시도해 주세요.", en: "The server cannot be reached right now. Please try again in a moment." },
  "second_factor.failed": { status: 401, temporary: false, ko: "인증 코드가 맞지 않아요.", en: "The second factor is wrong." },
  "second_factor.missing": { status: 409, temporary: false, ko: "먼저 2단계 인증을 설정해 주세요.", en: "Set up a second factor first." },
  "sign_in.failed": { status: 401, temporary: false, ko: "이메일이나 비밀번호가 맞지 않아요.", en: "The e-mail or the password is wrong." },
  "sign_up.closed": { status: 403, temporary: false, ko: "지금은 새로 가입할 수 없어요.", en: "Signing up is closed here." },
  "step.expired": { status: 410, temporary: false, ko: "시간이 지났어요. 처음부터 다시 해 주세요.", en: "This took too long. Please start again." },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errors;
export type ErrorParams = Readonly<Record<string, string | number | boolean>>;

/** One wrong field of a request; `path` is dotted, `code` is an error code or a word of the validator. */
export type FieldFault = { readonly path: string; readonly code: string };

/** The one shape of an error on every door: `{error: ErrorBody}` over HTTP, `{id, err: ErrorBody}` on the socket. */
export type ErrorBody = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly temporary: boolean;
  readonly params?: ErrorParams;
  readonly fields?: readonly FieldFault[];
  /** How long to wait before trying again, in ms. */
  readonly retryAfterMs?: number;
  readonly requestId?: string;
};

export type Locale = "ko" | "en";

/** Renders the catalogue's text of an error in one language with its parameters filled in. */
export function describeError(code: ErrorCode, locale: Locale, params: ErrorParams = {}): string {
  return errors[code][locale].replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

/** Builds the wire form of an error. */
export function toErrorBody(code: ErrorCode, locale: Locale, extra: Omit<Partial<ErrorBody>, "code" | "message" | "temporary"> = {}): ErrorBody {
  return { code, message: describeError(code, locale, extra.params), temporary: errors[code].temporary, ...extra };
}

/** Says whether a word is a code of the catalogue. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errors, code);
}
