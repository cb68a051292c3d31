/** What the first page says of meeting somebody new, in Korean. */
export const landingKo = {
  title: "처음 만난 사람과",
  text: "버튼 하나로 지금 기다리는 한 사람과 둘이서만 이야기해요.",
  alias: "상대에게는 별명만 보여요. 닉네임도 이메일도 보이지 않아요.",
  next: "잘 맞지 않으면 다음 사람을 만나면 돼요.",
};
