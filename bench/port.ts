import { connect } from "node:net";
import { eventually } from "@maru/testkit";

/** Resolves once something listens on a port of loopback. */
export async function untilPortAnswers(port: number): Promise<void> {
  await eventually(`port ${port} answers`, () => canConnect(port), 20_000);
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
