/** The words of the first page in Korean. */
export const ko = {
  landing: {
    page: "처음 만난 사이도 편하게",
    title: "오늘은 누구와\n이야기할까요?",
    text: "버튼 하나로 새로운 사람을 만나요. 이름 대신 별명으로 가볍게 시작하고, 대화는 오래 이어 가요.",
    start: "시작하기",
    logIn: "로그인",
    kinds: "누구와든, 한곳에서",
    kept: "나가기 전까지 이야기는 목록에 그대로 있어요. 언제든 이어서 말을 걸 수 있어요.",
  },
};
