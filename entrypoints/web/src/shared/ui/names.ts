import type { Person } from "@/shared/api/wire";

export function displayName(person: Person): string {
  return person.name || person.username;
}

/** "Ada", "Ada and Bob", "Ada, Bob and 2 others". */
export function namesInWords(people: Person[]): string {
  const names = people.map(displayName);
  if (names.length <= 1) return names[0] ?? "";
  if (names.length <= 3) return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  return `${names.slice(0, 2).join(", ")} and ${names.length - 2} others`;
}
