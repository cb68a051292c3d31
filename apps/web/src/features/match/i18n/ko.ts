/** The words of meeting somebody new in Korean. */
export const ko = {
  match: {
    page: "홈",
    greeting: "{{nickname}}님, 안녕하세요",
    title: "새로운 사람과\n이야기해 볼까요?",
    text: "누르면 지금 기다리는 사람과 바로 이어 드려요.",
    start: "매칭 시작",
    safe: "별명으로 만나고, 언제든 나갈 수 있어요.",
    waiting: {
      page: "기다리는 중",
      title: "함께할 사람을 찾고 있어요",
      elapsed: "기다린 시간",
      soon: "먼저 기다린 사람부터 차례로 이어 드려요.",
      later: "다른 화면을 봐도 괜찮아요. 이어지면 바로 데려다 드릴게요.",
      long: "지금은 사람이 적은 시간이에요. 기다리는 동안 다른 대화를 봐도 되고, 그만두었다가 나중에 다시 와도 괜찮아요.",
      cancel: "그만 기다리기",
      chip: "{{elapsed}} 기다리는 중",
    },
    found: { text: "새로운 사람과 이어졌어요", go: "가기", close: "닫기" },
    current: { open: "대화로 가기" },
    reason: {
      disconnected: "연결이 끊겨서 기다리기를 멈췄어요.",
      timed_out: "한참 기다렸지만 아무도 오지 않았어요. 잠시 뒤에 다시 눌러 주세요.",
      suspended: "이 계정은 지금 매칭을 쓸 수 없어요.",
    },
    next: "다음 사람",
    nextAsk: {
      title: "다음 사람을 만날까요?",
      text: "이 대화는 끝나고 목록에서 사라져요. 바로 새로운 상대를 찾을게요.",
      yes: "다음 사람 만나기",
    },
    again: "다시 매칭",
    blockToo: "이 사람을 차단하고 다시 만나지 않기",
    kind: "매칭",
    hints: { match: "새로운 사람 만나기 채팅", cancel: "매칭 취소 중지", home: "매칭 처음" },
  },
};
