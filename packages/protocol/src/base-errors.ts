import type { ErrorEntry } from "./error-entry.ts";

/** Errors of the doors themselves, which any call can meet. */
export const baseErrors = {
  "client.outdated": { status: 409, temporary: false, ko: "새 버전이 나왔어요. 페이지를 새로 고쳐 주세요.", en: "There is a newer version. Please reload the page." },
  "code.wrong": { status: 422, temporary: false, ko: "코드가 맞지 않아요.", en: "The code is wrong." },
  "command.unknown": { status: 400, temporary: false, ko: "모르는 요청이에요.", en: "Unknown command." },
  "connection.already_connected": { status: 409, temporary: false, ko: "이미 연결되어 있어요.", en: "This connection is already connected." },
  "connection.required": { status: 401, temporary: false, ko: "먼저 connect 명령을 보내야 해요.", en: "Send connect first." },
  "name.invalid": { status: 422, temporary: false, ko: "이름에 쓸 수 없는 글자가 있거나 너무 길어요.", en: "This name is too long or has characters that cannot be used." },
  "rate.limited": { status: 429, temporary: true, ko: "잠시 뒤에 다시 시도해 주세요.", en: "Please try again in a moment." },
  "request.invalid": { status: 400, temporary: false, ko: "요청 형식이 올바르지 않아요.", en: "The request is malformed." },
  "request.too_large": { status: 413, temporary: false, ko: "요청이 너무 커요.", en: "The request is too large." },
  "request.forbidden_origin": { status: 403, temporary: false, ko: "허용되지 않은 곳에서 온 요청이에요.", en: "This origin is not allowed." },
  "route.method_not_allowed": { status: 405, temporary: false, ko: "지원하지 않는 요청 방식이에요.", en: "This method is not supported." },
  "route.not_found": { status: 404, temporary: false, ko: "찾을 수 없는 주소예요.", en: "There is nothing at this address." },
  "server.busy": { status: 503, temporary: true, ko: "요청이 많아요. 잠시 뒤에 다시 시도해 주세요.", en: "Too busy right now. Please try again in a moment." },
  "server.draining": { status: 503, temporary: true, ko: "서버가 다시 시작하고 있어요.", en: "The server is restarting." },
  "server.internal": { status: 500, temporary: true, ko: "문제가 생겼어요. 잠시 뒤에 다시 시도해 주세요.", en: "Something went wrong. Please try again in a moment." },
  "server.unavailable": { status: 503, temporary: true, ko: "지금은 서버에 연결할 수 없어요. 잠시 뒤에 다시 시도해 주세요.", en: "The server cannot be reached right now. Please try again in a moment." },
} as const satisfies Record<string, ErrorEntry>;
