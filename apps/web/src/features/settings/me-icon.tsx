import { useSession } from "@maru/react";
import { Avatar } from "@maru/ui";

/** One's own picture where other places have an icon. */
export function MeIcon({ size }: { size: number }) {
  const session = useSession();
  return <Avatar seed={session.state === "signed_in" ? session.account.avatarSeed : ""} size={size + 5} />;
}
