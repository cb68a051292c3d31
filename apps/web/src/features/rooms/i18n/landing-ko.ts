/** What the first page says of talking to somebody one knows, in Korean. */
export const landingKo = {
  title: "아는 사람과",
  text: "닉네임만 알면 바로 말을 걸 수 있어요.",
  unread: "내 말을 몇 명이 아직 읽지 않았는지 보여요.",
  offline: "연결이 끊겨도 쓴 글은 남아 있다가 이어지면 보내져요.",
};
