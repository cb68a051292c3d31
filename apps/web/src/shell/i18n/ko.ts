/** The words of every screen in Korean. */
export const ko = {
  app: {
    name: "마루",
    title: "{{page}} · 마루",
    notFound: { title: "여기에는 아무것도 없어요", text: "주소가 바뀌었거나 없어진 화면이에요.", home: "홈으로 가기" },
    crashed: { title: "화면을 그리지 못했어요", text: "다시 불러오면 대부분 괜찮아져요.", reload: "다시 불러오기" },
    toasts: "알림",
    skip: "본문으로 건너뛰기",
  },
  common: {
    back: "뒤로",
    cancel: "취소",
    next: "다음",
    retry: "다시 시도",
    loading: "불러오는 중이에요",
    failed: "불러오지 못했어요",
    unknown: "(알 수 없음)",
  },
  nav: { label: "주요 메뉴" },
  language: { ko: "한국어", en: "English" },
  legal: { terms: "이용약관", privacy: "개인정보 처리방침" },
  frame: { resize: "목록 너비", fold: "목록 접기", unfold: "목록 펼치기", close: "닫기" },
  connection: {
    offline: "인터넷 연결이 끊겼어요. 쓴 글은 연결되면 보내 드릴게요.",
    reconnecting: "다시 연결하고 있어요…",
    stopped: "서버와 맞지 않는 버전이에요. 새로고침해 주세요.",
    reload: "새로고침",
  },
  storage: { refused: "이 브라우저가 저장을 막고 있어요. 아직 보내지 않은 글은 창을 닫으면 사라져요." },
};
