import type { Notice } from "@/shared/chat/timeline-window";
import { displayName } from "@/shared/ui/names";

/** What happened, in a sentence without its full stop. */
export function noticeText(notice: Notice): string {
  const actor = displayName(notice.actor);
  switch (notice.type) {
    case "user_join":
      return notice.actor.id === notice.user.id ? `${actor} joined` : `${actor} added ${displayName(notice.user)}`;
    case "user_left":
      return notice.actor.id === notice.user.id ? `${actor} left` : `${actor} removed ${displayName(notice.user)}`;
    case "room_changed":
      if (notice.member) return `${displayName(notice.member.user)} is now ${withArticle(notice.member.role)}`;
      return `${actor} changed the room’s details`;
  }
}

function withArticle(role: string): string {
  return role === "owner" ? "an owner" : `a ${role}`;
}
