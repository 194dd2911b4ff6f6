import type { Id, Member } from "@/shared/api/wire";
import { displayName } from "@/shared/ui/names";

const byName = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });

export function byPresence(members: Member[], online: Record<Id, boolean>): { online: Member[]; offline: Member[] } {
  const sorted = members.toSorted((one, other) => byName.compare(displayName(one), displayName(other)));
  const isOnline = ({ id }: Member) => online[id] ?? false;
  return { online: sorted.filter(isOnline), offline: sorted.filter((member) => !isOnline(member)) };
}
