import { useEffect, useState } from "react";
import type { Device, OwnUser } from "@/shared/api/wire";
import { useClient } from "@/shared/chat/client-context";
import { momentLabel } from "@/shared/time/labels";
import { Button } from "@/shared/ui/Button";
import { FormError } from "@/shared/ui/Field";
import { Icon } from "@/shared/ui/Icon";
import { Skeleton } from "@/shared/ui/Skeleton";
import { useAsk } from "@/shared/ui/useAsk";
import { deviceName } from "./device-name";
import styles from "./SettingsPage.module.css";

/** Where one is signed in, and signing out there. */
export function DevicesSection({ me, onLogout }: { me: OwnUser; onLogout: () => void }) {
  const { account } = useClient();
  const [devices, setDevices] = useState<Device[] | null>(null);
  const [error, setError] = useState("");
  const { busy, error: refused, ask } = useAsk();

  useEffect(() => {
    account.devices().then(setDevices, () => setError("Your devices cannot be listed right now."));
  }, [account, me]);

  const revoke = (device: Device) =>
    ask(async () => {
      await account.revoke(device);
      setDevices((known) => known?.filter(({ id }) => id !== device.id) ?? null);
    });

  return (
    <section className={styles.section} aria-labelledby="devices">
      <h2 id="devices">Devices</h2>
      <p>Where you are signed in. Sign out what you do not know.</p>
      <FormError>{error || refused}</FormError>
      {!devices && !error && <Skeleton lines={2} label="Loading devices" />}
      <ul className={styles.devices}>
        {devices?.map((device) => (
          <li key={device.id}>
            <Icon name="device" />
            <div>
              {deviceName(device.user_agent)}
              <small>
                {device.current ? "This device" : `Last used ${momentLabel(device.last_used_at)}`}
                {device.address && ` · ${device.address}`}
              </small>
            </div>
            {device.current ? (
              <Button icon="logout" onClick={onLogout}>
                Log out
              </Button>
            ) : (
              <Button disabled={busy} onClick={() => void revoke(device)}>
                Sign out
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
