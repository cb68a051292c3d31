import type { ErrorEntry } from "../error-entry.ts";

/** Errors of rooms, a part of the catalogue. */
export const roomsErrors = {
  "block.not_found": { status: 404, temporary: false, ko: "차단 기록을 찾을 수 없어요.", en: "This block does not exist." },
  "direct.self": { status: 422, temporary: false, ko: "자신과는 대화할 수 없어요.", en: "You cannot talk with yourself." },
  "member.not_found": { status: 404, temporary: false, ko: "대화 상대를 찾을 수 없어요.", en: "There is no such member." },
  "message.deleted": { status: 409, temporary: false, ko: "삭제된 메시지예요.", en: "This message was deleted." },
  "message.empty": { status: 422, temporary: false, ko: "메시지를 입력해 주세요.", en: "Please write a message." },
  "message.extra_too_large": { status: 422, temporary: false, ko: "메시지에 담은 내용이 너무 많아요.", en: "This message carries too much." },
  "message.extra_unknown": { status: 422, temporary: false, ko: "여기서는 아직 보낼 수 없는 내용이에요.", en: "This cannot be sent here yet." },
  "message.not_found": { status: 404, temporary: false, ko: "메시지를 찾을 수 없어요.", en: "There is no such message." },
  "message.not_yours": { status: 403, temporary: false, ko: "내 메시지만 바꿀 수 있어요.", en: "You can only change your own messages." },
  "message.too_long": { status: 422, temporary: false, ko: "메시지는 {max}자까지 보낼 수 있어요.", en: "A message has at most {max} characters." },
  "room.closed": { status: 409, temporary: false, ko: "끝난 대화예요.", en: "This conversation has ended." },
  "room.not_found": { status: 404, temporary: false, ko: "대화를 찾을 수 없어요.", en: "There is no such conversation." },
  "room.posting_denied": { status: 403, temporary: false, ko: "이 대화에는 메시지를 보낼 수 없어요.", en: "You cannot post in this conversation." },
  "room.too_many_watched": { status: 429, temporary: false, ko: "한 번에 {max}개까지만 열 수 있어요.", en: "At most {max} can be watched at once." },
} as const satisfies Record<string, ErrorEntry>;
