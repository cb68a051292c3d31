/** What the place of one's own account and its list are called, in Korean. */
export const placeKo = { me: "나", page: "설정" };
