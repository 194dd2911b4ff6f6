import type { Message } from "@/shared/api/wire";

/** Puts a message's address on the clipboard. Resolves with what to tell the reader. */
export async function copyLink(message: Message): Promise<string> {
  const address = `${location.origin}/chat/${message.room_id}/${message.seq}`;
  try {
    await navigator.clipboard.writeText(address);
    return "Link copied.";
  } catch {
    // Without TLS there is no clipboard, and away from the page it is forbidden.
    return `The link is ${address}`;
  }
}
