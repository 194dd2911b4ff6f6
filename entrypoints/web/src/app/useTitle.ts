import { useEffect } from "react";
import type { Id } from "@/shared/api/wire";
import { useChat } from "@/shared/chat/client-context";
import { unreadCount } from "@/shared/chat/unread";

/** "(3) garden party – Parley" */
export function useTitle(roomId: Id | null): void {
  const name = useChat((state) => (roomId === null ? undefined : state.rooms[roomId]?.room.name));
  const unread = useChat(({ rooms }) =>
    Object.values(rooms).reduce((sum, { room, unread: of }) => sum + (room.joined ? unreadCount(of) : 0), 0),
  );
  useEffect(() => {
    document.title = `${unread ? `(${unread}) ` : ""}${name ? `${name} – ` : ""}Parley`;
    return () => {
      document.title = "Parley";
    };
  }, [name, unread]);
}
