import type { Id } from "@/shared/api/wire";
import { useChat } from "@/shared/chat/client-context";
import { unreadCount } from "@/shared/chat/unread";
import { usePageTitle } from "@/shared/ui/usePageTitle";

/** "(3) garden party – Parley" */
export function useTitle(roomId: Id | null): void {
  const name = useChat((state) => (roomId === null ? undefined : state.rooms[roomId]?.room.name));
  const unread = useChat(({ rooms }) =>
    Object.values(rooms).reduce((sum, { room, unread: of }) => sum + (room.joined ? unreadCount(of) : 0), 0),
  );
  usePageTitle([unread ? `(${unread})` : "", name ?? ""].filter(Boolean).join(" "));
}
