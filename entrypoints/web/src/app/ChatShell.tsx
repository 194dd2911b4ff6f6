import { useEffect, useState } from "react";
import { NewDirectDialog } from "@/features/people/NewDirectDialog";
import { ConnectionBanner } from "@/features/presence/ConnectionBanner";
import { BrowseRoomsDialog } from "@/features/rooms/BrowseRoomsDialog";
import { CreateRoomDialog } from "@/features/rooms/CreateRoomDialog";
import { QuickSwitcher } from "@/features/rooms/QuickSwitcher";
import type { OwnUser } from "@/shared/api/wire";
import styles from "./ChatShell.module.css";
import { MissingRoom } from "./MissingRoom";
import { NoRoomChosen } from "./NoRoomChosen";
import { RoomPage } from "./RoomPage";
import { Sidebar } from "./Sidebar";
import { useMedia } from "./useMedia";
import { useTitle } from "./useTitle";

type DialogName = "browse" | "create" | "direct" | "switch";

interface ChatShellProps {
  me: OwnUser;
  roomId: string | null;
  seq: string | null;
  onLogout: () => void;
}

export function ChatShell({ me, roomId, seq, onLogout }: ChatShellProps) {
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const close = () => setDialog(null);
  const id = idIn(roomId);
  const narrow = useMedia("(max-width: 47.99rem)");
  useTitle(id);
  useShortcut(() => setDialog("switch"));
  const openers = {
    onBrowse: () => setDialog("browse"),
    onCreate: () => setDialog("create"),
    onDirect: () => setDialog("direct"),
  };

  return (
    <div className={styles.page}>
      <a className="skip-link" href={id ? "#composer" : "#main"}>
        {id ? "Skip to writing" : "Skip to content"}
      </a>
      <ConnectionBanner />
      <div className={roomId ? `${styles.shell} ${styles.inRoom}` : styles.shell}>
        <Sidebar
          me={me}
          current={id}
          alone={narrow && !roomId}
          onSwitch={() => setDialog("switch")}
          onLogout={onLogout}
          {...openers}
        />
        {id ? (
          <RoomPage key={id} me={me} roomId={id} seq={idIn(seq)} />
        ) : roomId ? (
          <MissingRoom />
        ) : (
          <NoRoomChosen {...openers} />
        )}
      </div>
      {dialog === "browse" && <BrowseRoomsDialog onClose={close} onCreate={openers.onCreate} />}
      {dialog === "create" && <CreateRoomDialog onClose={close} />}
      {dialog === "direct" && <NewDirectDialog onClose={close} />}
      {dialog === "switch" && <QuickSwitcher onClose={close} />}
    </div>
  );
}

/** A positive whole number in an address, or null. */
function idIn(text: string | null): number | null {
  const id = text && /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(id) ? id : null;
}

function useShortcut(onPress: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      if (!document.querySelector("dialog[open]")) onPress();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  });
}
