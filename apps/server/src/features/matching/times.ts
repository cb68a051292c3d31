/** How long a node vouches for a connection it holds, in ms; a node that dies lets go after it. Longer than any grace. */
export const aliveMs = 10_000;
/** Who is still connected so long after the match was made has come to it, in ms. */
export const joinMs = 5_000;
