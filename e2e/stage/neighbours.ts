import type { Person } from "./person.ts";
import type { Stage } from "./stage.ts";

const sayings: readonly (readonly [string, readonly string[]])[] = [
  ["가람", ["어제 얘기한 책 다 읽었어요", "결말이 생각과 달라서 놀랐어요 😮"]],
  ["여울", ["내일 아침 7시에 한강에서 만나요. 비가 오면 다음 주로 미뤄도 괜찮고요, 편하게 알려 주세요!"]],
  ["도담", ["https://example.com/hanok/seochon-walk?from=maru"]],
  ["윤슬", ["ㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋ"]],
  ["아주길고긴이름의사람", ["네"]],
];

/** Fills a person's list with people who have said something; returns the rooms in the order of `sayings`. */
export async function bringNeighbours(stage: Stage, person: Person): Promise<string[]> {
  const roomIds: string[] = [];
  for (const [name, texts] of sayings) {
    const neighbour = await stage.stranger(name);
    const { rooms } = await neighbour.program();
    const { id } = await rooms.openDirect(person.credentials.nickname);
    for (const text of texts) rooms.send(id, text);
    roomIds.push(id);
  }
  return roomIds;
}
