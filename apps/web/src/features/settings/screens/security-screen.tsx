import type { Passkey, Security, TotpSetUp } from "@maru/protocol";
import { useClient } from "@maru/react";
import { Button, showToast } from "@maru/ui";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { describeDevice } from "../../../shell/device-name.ts";
import { catalogueErrorOf, errorMessageOf } from "../../../shell/error-messages.ts";
import { usePageTitle } from "../../../shell/use-page-title.ts";
import { makePasskey, useAuthWords } from "../../auth/index.ts";
import { useWords } from "../i18n/index.ts";
import { LoadedRows } from "../loaded-rows.tsx";
import { PasswordDialog } from "../password-dialog.tsx";
import type { ProofRequest } from "../proof.ts";
import { ProofDialog } from "../proof-dialog.tsx";
import { ProvidersSection } from "../providers-section.tsx";
import { RecoveryCodesDialog } from "../recovery-codes-dialog.tsx";
import { SecondFactorSection } from "../second-factor-section.tsx";
import { Row, Section } from "../section.tsx";
import { SubPage } from "../sub-page.tsx";
import { TotpDialog } from "../totp-dialog.tsx";
import { useLoaded } from "../use-loaded.ts";

const here = "/settings/security";

/** The ways into one's account: password, second factors, providers. */
export function SecurityScreen() {
  const { t, locale } = useWords();
  const { account } = useClient();
  const { fault } = useSearch({ from: here });
  usePageTitle(t("security.page"));
  const [loaded, reload] = useLoaded("ways in", async () => ({
    security: await account.getSecurity(),
    offered: (await account.getOptions()).providers,
  }));
  return (
    <SubPage title={t("security.page")}>
      <p
        role="alert"
        className="forced-edge rounded-md bg-danger-soft px-4 py-3 text-sm font-medium text-danger empty:hidden"
      >
        {fault === undefined ? null : errorMessageOf(catalogueErrorOf({ code: fault }), locale)}
      </p>
      {loaded.state === "ready" ? (
        <Ways {...loaded.value} onChanged={reload} />
      ) : (
        <Section title={t("security.password")}>
          <LoadedRows loaded={loaded} onRetry={reload}>
            {() => null}
          </LoadedRows>
        </Section>
      )}
    </SubPage>
  );
}

type WaysProps = {
  security: Security;
  offered: readonly { id: string; name: string }[];
  onChanged: () => void;
};

function Ways({ security, offered, onChanged }: WaysProps) {
  const { t } = useWords();
  const { t: auth } = useAuthWords();
  const { account } = useClient();
  const [proof, setProof] = useState<ProofRequest | null>(null);
  const [isChangingPassword, setIsChangingPassword] = useState(false);
  const [totp, setTotp] = useState<TotpSetUp | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);

  const done = (words: string, recoveryCodes: readonly string[] = []) => {
    showToast(words, "good");
    if (recoveryCodes.length > 0) setCodes(recoveryCodes);
    onChanged();
  };
  const addPasskey = async (password: { password?: string }, name: string) => {
    const options = await account.beginPasskey(password);
    const passkey = await makePasskey(options).catch(() => null);
    if (!passkey) return showToast(auth("secondFactor.passkeyFailed"), "bad");
    const made = await account.finishPasskey({ ...passkey }, name);
    done(t("security.added"), made.recoveryCodes);
  };
  const fresh = {
    hasPassword: security.hasPassword,
    providers: security.providers,
    logInAgain: async (providerId: string) => window.location.assign(await account.beginProvider(providerId, here)),
  };
  return (
    <>
      <Section title={t("security.password")}>
        <Row
          label={
            <span className="text-ink-muted">
              {security.hasPassword ? t("security.passwordSet") : t("security.passwordNone")}
            </span>
          }
        >
          <Button variant="secondary" size="sm" onClick={() => setIsChangingPassword(true)}>
            {security.hasPassword ? t("security.change") : t("security.set")}
          </Button>
        </Row>
      </Section>
      <SecondFactorSection
        security={security}
        onSetUpTotp={() =>
          setProof({
            title: auth("totp.title"),
            yes: t("proof.confirm"),
            act: async ({ password }) => setTotp(await account.beginTotp({ password })),
          })
        }
        onRemoveTotp={() =>
          setProof({
            title: t("security.totpOff.title"),
            yes: t("security.turnOff"),
            isDangerous: true,
            act: async ({ password }) => {
              await account.removeTotp({ password });
              done(t("security.totpOff.done"));
            },
          })
        }
        onAddPasskey={() =>
          setProof({
            title: t("security.addTitle"),
            text: t("security.addText"),
            yes: t("security.addPasskey"),
            name: { label: t("security.name"), initial: describeDevice(navigator.userAgent) },
            act: ({ password, name }) => addPasskey({ ...(password && { password }) }, name),
          })
        }
        onRemovePasskey={(passkey: Passkey) =>
          setProof({
            title: t("security.removeTitle", { name: passkey.name || t("security.unnamed") }),
            yes: t("security.remove"),
            isDangerous: true,
            act: async ({ password }) => {
              await account.removePasskey(passkey.id, { password });
              done(t("security.removed"));
            },
          })
        }
        onRenewCodes={() =>
          setProof({
            title: t("security.renewTitle"),
            text: t("security.renewText"),
            yes: t("security.renew"),
            act: async ({ password }) => {
              const { recoveryCodes } = await account.renewRecoveryCodes({ password });
              setCodes(recoveryCodes);
              onChanged();
            },
          })
        }
      />
      <ProvidersSection
        offered={[...offered]}
        connected={security.providers}
        onConnect={({ id, name }) =>
          setProof({
            title: t("security.connectTitle", { name }),
            text: t("security.connectText"),
            yes: t("security.connect"),
            act: async ({ password }) =>
              window.location.assign(await account.connectProvider(id, here, password ? { password } : {})),
          })
        }
        onDisconnect={({ id, name }) =>
          setProof({
            title: t("security.disconnectTitle", { name }),
            yes: t("security.disconnect"),
            isDangerous: true,
            act: async ({ password }) => {
              await account.removeProvider(id, { password });
              done(t("security.disconnected"));
            },
          })
        }
      />
      <ProofDialog request={proof} onClose={() => setProof(null)} {...fresh} />
      <PasswordDialog
        isOpen={isChangingPassword}
        onClose={() => setIsChangingPassword(false)}
        changePassword={async (newPassword, password) => {
          await account.changePassword(newPassword, { password });
          setIsChangingPassword(false);
          done(t("security.changed"));
        }}
        {...fresh}
      />
      <TotpDialog
        setUp={totp}
        onClose={() => setTotp(null)}
        confirm={async (code) => {
          const { recoveryCodes } = await account.finishTotp(code);
          setTotp(null);
          done(t("security.totpDone"), recoveryCodes);
        }}
      />
      <RecoveryCodesDialog codes={codes} onClose={() => setCodes(null)} />
    </>
  );
}
