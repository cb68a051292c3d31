import { foldCase, removeUnseen } from "./name-keys.ts";
import { fineSkeletonOf } from "./skeleton.ts";

/** Names by which people would take somebody for the service itself. */
const reserved = [
  ...["마루", "마루팀", "마루봇", "마루운영자", "마루관리자", "마루고객센터", "마루공식", "공식마루"],
  ...["운영자", "운영자님", "운영진", "운영팀", "부운영자", "총운영자", "관리자", "관리자님", "관리팀", "부관리자"],
  ...["최고관리자", "총관리자", "어드민", "모더레이터", "스태프", "스탭", "시스템", "시스템관리자", "시스템메시지"],
  ...[
    "공지",
    "공지사항",
    "알림",
    "알림봇",
    "공식",
    "공식계정",
    "고객센터",
    "고객지원",
    "고객상담",
    "상담원",
    "상담사",
    "지원팀",
    "서포트",
  ],
  ...["보안팀", "신고센터", "도움말", "서버", "개발팀", "챗봇", "모두", "전체", "익명", "탈퇴한사용자"],
  ...["maru", "maruteam", "marubot", "maruadmin", "marusupport", "maruofficial", "officialmaru"],
  ...["admin", "admins", "administrator", "administration", "sysadmin", "superadmin", "superuser", "root", "sudo"],
  ...["operator", "operators", "moderator", "moderators", "staff"],
  ...[
    "system",
    "systems",
    "support",
    "supports",
    "helpdesk",
    "help",
    "helpcenter",
    "customerservice",
    "customersupport",
  ],
  ...[
    "official",
    "security",
    "securityteam",
    "abuse",
    "notice",
    "notices",
    "notification",
    "notifications",
    "announcement",
  ],
  ...["server", "bot", "chatbot", "webmaster", "hostmaster", "postmaster", "everyone", "me"],
  ...["nobody", "null", "undefined", "deleted", "anonymous"],
];

const reservedShapes = new Set(reserved.flatMap((name) => shapesOf(name)));

/**
 * Whether a name would be taken for the service itself: whatever marks, dots or capitals it is dressed up with, and
 * whatever letters its letters are borrowed from.
 */
export function isReservedName(name: string): boolean {
  return shapesOf(name).some((shape) => reservedShapes.has(shape));
}

/** How a name may be read: as it is written, in small letters and in capitals, its skeleton without marks. */
function shapesOf(name: string): string[] {
  // "admin_2" and "운영자1" are read as more of the same.
  const letters = removeUnseen(name)
    .normalize("NFKD")
    .replace(/[\p{P}\p{S}\p{Mn}\p{Me}]|\p{N}+$/gu, "");
  const spellings = [removeUnseen(name), letters, foldCase(letters), letters.toUpperCase()];
  return spellings
    .map((spelling) => foldCase(fineSkeletonOf(spelling)).replace(/[\p{P}\p{S}\p{M}\s]/gu, ""))
    .map(fineSkeletonOf)
    .filter((shape) => shape !== "");
}
